/** What the library needs of the project's database. Paths below a source have '/' between names on every system. */
import type { PatientRule } from '../../src-shared/contract/library.ts';
import type { LibraryImage } from './outcomes.ts';
import type { PictureName } from './patients.ts';

/** A file that an earlier import has read. */
export interface KnownFile {
  fileId: number;
  bytes: number;
  modifiedAt: string;
  /** True when this path holds a copy of a file that was read under another path. */
  copy: boolean;
}

export interface NewImage {
  frame: number;
  /** Stored as it is, inside the project only. */
  patientKey: string;
  /** Millimetres along the normal of the slice. */
  slicePosition: number | null;
}

export interface NewFile {
  kind: 'file';
  sourceId: number;
  relativePath: string;
  folder: string;
  fileName: string;
  modifiedAt: string;
  /** Absolute path, under which an earlier refusal is listed. */
  path: string;
  inspected: LibraryImage;
  images: NewImage[];
}

export interface NewRejection {
  kind: 'rejected';
  path: string;
  code: string;
  reason: string;
}

export type ImportEntry = NewFile | NewRejection;

export interface ImportStore {
  sources(): { id: number; path: string }[];
  addSource(path: string, at: string): number;
  /** Files and duplicates of one source by relative path. */
  knownFiles(sourceId: number): Map<string, KnownFile>;
  /**
   * Writes all entries in one transaction, durable when it returns, and says what became of each. A file whose hash the project has (it
   * may stand earlier in the same batch) becomes a duplicate; one that changed since it was imported is refused.
   */
  write(entries: readonly ImportEntry[], at: string): WrittenEntry[];
  imagesOfFiles(fileIds: readonly number[]): { imageId: number; fileId: number; className: string | null }[];
  patientRule(): PatientRule | null;
  pictureNames(): PictureName[];
  /** Keeps the rule and gives plain pictures their patients anew; `keys` by image id. */
  applyPatientRule(rule: PatientRule, keys: ReadonlyMap<number, string>): boolean;
}

export type WrittenEntry =
  | { kind: 'imported'; fileId: number }
  /** `copy`: the path holds a copy of a file that is in the project under another path. */
  | { kind: 'known'; fileId: number; copy: boolean }
  | { kind: 'rejected'; code: string; reason: string };
