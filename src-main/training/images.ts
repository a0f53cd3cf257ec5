import type { SetName } from '../../src-shared/contract/vocabulary.ts';

/** What is needed of an image to prepare its network input; `fileSha256` is checked so that a changed file is never trained on. */
export interface InputImage {
  path: string;
  frame: number;
  fileSha256: string;
}

/** One labelled image with its set, and where its pixels are. */
export interface DatasetImage {
  imageId: number;
  /** Absolute path of the file as it was imported. */
  path: string;
  fileName: string;
  frame: number;
  fileSha256: string;
  /** Of the stored values; null until the check has made it. */
  pixelSha256: string | null;
  classId: number;
  className: string;
  set: SetName;
  patientId: number;
  pseudonym: string;
}
