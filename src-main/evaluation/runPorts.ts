import type { FrozenPoint, TestOpening } from '../../src-shared/contract/evaluation.ts';
import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { Preprocessing } from '../../src-shared/contract/training.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';

/** A labelled image that a run is evaluated on. */
export interface EvaluationImage {
  imageId: number;
  path: string;
  frame: number;
  fileName: string;
  fileSha256: string;
  /** Null where the file could not be read to make it: then it is like no other. */
  pixelSha256: string | null;
  classId: number;
  className: string;
  patientId: number;
  pseudonym: string;
}

/** What evaluation needs to know of a run: how its model sees images, and what it was fitted to. */
export interface EvaluatedRun {
  modelDirectory: string;
  classes: string[];
  positiveClass: string;
  preprocessing: Preprocessing;
  /** Training and validation images as frozen when the run started. */
  seen: EvaluationImage[];
  /** The validation images among them. */
  validation: EvaluationImage[];
}

export interface StoredPrediction {
  imageId: number;
  labelClassId: number;
  probability: number;
  probabilities: number[];
}

/** What is known of the data beside the run itself when the test set is to be opened. */
export interface TestSetFacts {
  /** Pairs of images that show nearly the same, by id. */
  nearDuplicates: readonly (readonly [number, number])[];
  /** Images and patients of findings that a person accepted with a reason. */
  accepted: { patients: ReadonlySet<number>; images: ReadonlySet<number> };
  /** Findings that nobody has resolved or accepted. */
  openFindings: readonly { id: string; message: string }[];
}

export interface EvaluationStore {
  /** Null when the run has no model (it was stopped before its first epoch ended). */
  evaluatedRun(run: string): EvaluatedRun | null;
  /** Labelled images of the test set of the split in force; those of the run's snapshot with the label they have there. */
  testImages(run: string): EvaluationImage[];
  /** What changed of the set's labels and images and bears on the figures, in words. */
  notes(run: string, set: 'validation' | 'test'): string[];
  /** After every image was compared with every other. */
  testSetFacts(): Promise<TestSetFacts>;
  document(run: string, set: SetName): MetricsDocument | null;
  /** Replaces the predictions and the document of one run and set in one transaction. */
  saveEvaluation(
    run: string,
    set: SetName,
    predictions: StoredPrediction[],
    document: MetricsDocument,
    at: string,
  ): void;
  /** Openings of the test set by any run, oldest first. */
  openings(): TestOpening[];
  /** Operating points frozen for a run, oldest first; the last is in force. */
  frozenPoints(run: string): FrozenPoint[];
  recordFrozenPoint(run: string, point: FrozenPoint): void;
  recordOpening(opening: { run: string; openedBy: string; at: string }): void;
}

/** Probabilities of each class for each image, by the model of one run. */
export interface Predictor {
  predict(run: EvaluatedRun, images: readonly EvaluationImage[], context: JobContext): Promise<number[][]>;
}
