/** Messages between the decoder and its workers. */
import type { Preprocessing } from '../../src-shared/contract/training.ts';
import type { PatientFacts } from '../../src-shared/contract/viewer.ts';
import type { FileStamp } from './byteSource.ts';
import type { PictureMeasures } from './duplicates/measure.ts';
import type { FrameOutcome, InspectOutcome, ReadOutcome } from './outcomes.ts';
import type { Rejected } from './refusal.ts';

export type DecodeTask =
  | { kind: 'inspect'; path: string }
  | { kind: 'read'; path: string; known: FileStamp | null }
  | { kind: 'directory'; path: string }
  | { kind: 'frame'; path: string; frame: number }
  | { kind: 'input'; path: string; frame: number; preprocessing: Preprocessing; fileSha256: string | null }
  | { kind: 'patient'; path: string }
  | { kind: 'thumbnail'; path: string; frame: number; edge: number }
  | { kind: 'measure'; path: string; frame: number };

export type BytesOutcome = { kind: 'bytes'; bytes: Uint8Array } | Rejected;

export type PatientOutcome = { kind: 'patient'; facts: PatientFacts } | Rejected;
export type DirectoryOutcome = { kind: 'directory'; files: string[][] } | Rejected;

export type MeasureOutcome = ({ kind: 'measures' } & PictureMeasures) | Rejected;

export interface DecodeResults {
  inspect: InspectOutcome;
  read: ReadOutcome;
  directory: DirectoryOutcome;
  frame: FrameOutcome;
  input: BytesOutcome;
  thumbnail: BytesOutcome;
  patient: PatientOutcome;
  measure: MeasureOutcome;
}
export type DecodeResult = DecodeResults[keyof DecodeResults];
