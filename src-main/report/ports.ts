import type { AuditDocument } from '../../src-shared/contract/audit.ts';
import type { Agreement, Answer } from '../../src-shared/contract/review.ts';
import type { FrozenPoint, TestOpening } from '../../src-shared/contract/evaluation.ts';
import type { Finding } from '../../src-shared/contract/findings.ts';
import type { SplitSummary } from '../../src-shared/contract/splits.ts';
import type { RunDetail } from '../../src-shared/contract/runs.ts';
import type { ModelCard } from '../../src-shared/contract/training.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import type { ReportImage, ReportRepeats, ReportStudy } from './model.ts';

/** What a report needs to know of the project. It holds no patient name, identifier, file or folder name, and none is asked for. */
export interface ReportSource {
  project(): ReportProject;
  /** Where the images come from, what was left out and who labelled. */
  data(): ReportData;
  split(): SplitSummary | null;
  run(id: string): ReportRun | null;
  /** Predictions of a run on validation and test, in the order in which the metrics were computed. */
  predictions(run: string): ReportPrediction[];
  /** Every image of the project, those without a prediction too; absent where a source knows none. */
  images?(): ReportImage[];
  /** Operating points frozen for a run, oldest first. */
  frozenPoints(run: string): FrozenPoint[];
  /** Openings of the test set, of all runs, oldest first. */
  openings(): TestOpening[];
  /** Readers' agreement and the shortcut audit per evaluated set; absent where a source has none. */
  readings?(run: string): ReportReading[];
  /** The comparison study that selected exactly these runs; absent where a source knows none. */
  study?(runs: readonly string[]): ReportStudy | null;
  /** Groups of repeats that any of these runs belongs to; absent where a source knows none. */
  repeats?(runs: readonly string[]): ReportRepeats[];
  softwareVersion: string;
}

export interface ReportReading {
  set: 'validation' | 'test';
  /** Readers under numbers instead of their names. */
  agreement: Agreement;
  audit: AuditDocument | null;
}

export interface ReportProject {
  name: string;
  createdAt: string;
  classes: { name: string; positive: boolean; images: number; patients: number }[];
}

export interface ReportData {
  /** One entry per source in the order added; the report names them "Source 1", "Source 2" … */
  sources: { formats: { format: string; files: number }[]; images: number; patients: number }[];
  /** Files found under the sources, whether they became images or not. */
  filesFound: number;
  /** Files whose bytes were in the project already. */
  duplicates: number;
  /** Files that could not be used, by code of the refusal. */
  refusals: { code: string; files: number }[];
  /** Images (frames) in the project. */
  images: number;
  patients: number;
  unlabelledImages: number;
  /** Labelled images that are in no set. */
  labelledOutsideSplit: number;
  /** Labels in force, by where they came from. */
  labels: { origin: 'folder' | 'reader' | 'import'; images: number }[];
  /** People who set or changed labels. */
  labelAuthors: number;
  /** Labelled images that were left out on purpose, by the reason given. */
  exclusions: { reason: string; images: number }[];
  /** Leakage and shortcuts, with what was decided on them. */
  findings: Finding[];
  /** In words: when the test set was locked and unlocked, by whom, why. */
  testSetActs: string[];
}

export interface ReportRun extends Omit<RunDetail, 'checkpoints' | 'history'> {
  card: ModelCard | null;
  /** Search that this run came from, where there was one. */
  search?: { method: string; trials: number; ranges: { parameter: string; range: string }[] } | null;
}

export interface ReportPrediction {
  imageId: number;
  /** Pseudonym of the patient, never the hospital's identifier. */
  patient: string;
  pixelSha256: string;
  set: SetName;
  /** Class of the reference standard. */
  label: string;
  /** Probability of the positive class. */
  probability: number;
  /** Probability of every class in the order of the model card; only where there are more than two. */
  probabilities?: number[] | null;
  /** What the readers say together of the image; null where they differ or nobody has answered. */
  answer?: Answer | null;
  /** What more is to say of the review, in words. */
  reviewNote?: string;
  /** Where the image came from DICOM: pseudonymous UIDs, the same in every report of the project. */
  dicom?: { study: string; series: string; instance: string; sopClass: string; frame: number | null } | null;
  /** Facts by which subgroups are formed, e.g. { "File type": "PNG", "Slice thickness": "1–3 mm" }. */
  attributes?: Readonly<Record<string, string>>;
}
