/** Messages between the decoder and its workers. */
import type { Preprocessing } from '../../src-shared/contract/training.ts';
import type { PatientFacts } from '../../src-shared/contract/viewer.ts';
import type { FileStamp } from './byteSource.ts';
import type { PictureMeasures } from './duplicates/measure.ts';
import type { FrameOutcome, InspectOutcome, ReadOutcome } from './outcomes.ts';
import type { Rejected } from './refusal.ts';

export type DecodeTask =
  | { kind: 'inspect'; path: string }
  | { kind: 'read'; files: readonly FileToRead[]; reached: SharedArrayBuffer }
  | { kind: 'directory'; path: string }
  | { kind: 'frame'; path: string; frame: number }
  | { kind: 'input'; path: string; frame: number; preprocessing: Preprocessing; fileSha256: string | null }
  | { kind: 'patient'; path: string }
  | { kind: 'thumbnail'; path: string; frame: number; edge: number }
  | { kind: 'pixelHash'; path: string; frame: number; fileSha256: string }
  | { kind: 'measure'; path: string; frame: number; fileSha256: string | null };

/** A file that an import reads, unless it still has the size and time of `known`. */
export interface FileToRead {
  path: string;
  known: FileStamp | null;
}

/** What became of the first files of a task, one or more; the others were not begun. */
export interface ReadOutcomes {
  kind: 'outcomes';
  outcomes: ReadOutcome[];
}

export type PixelHashOutcome = { kind: 'pixelHash'; sha256: string } | Rejected;
export type BytesOutcome = { kind: 'bytes'; bytes: Uint8Array } | Rejected;

export type PatientOutcome = { kind: 'patient'; facts: PatientFacts } | Rejected;
export type DirectoryOutcome = { kind: 'directory'; files: string[][] } | Rejected;

export type MeasureOutcome = ({ kind: 'measures'; pixelSha256: string | null } & PictureMeasures) | Rejected;

export interface DecodeResults {
  inspect: InspectOutcome;
  read: ReadOutcomes;
  directory: DirectoryOutcome;
  frame: FrameOutcome;
  input: BytesOutcome;
  thumbnail: BytesOutcome;
  patient: PatientOutcome;
  pixelHash: PixelHashOutcome;
  measure: MeasureOutcome;
}
export type DecodeResult = DecodeResults[keyof DecodeResults];
