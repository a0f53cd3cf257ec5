/** Messages between the decoder and its workers. */
import type { Preprocessing } from '../../src-shared/contract/training.ts';
import type { FrameOutcome, InspectOutcome } from './outcomes.ts';
import type { Rejected } from './refusal.ts';

export type DecodeTask =
  | { kind: 'inspect'; path: string }
  | { kind: 'frame'; path: string; frame: number }
  | { kind: 'input'; path: string; frame: number; preprocessing: Preprocessing }
  | { kind: 'thumbnail'; path: string; frame: number; edge: number };

export type BytesOutcome = { kind: 'bytes'; bytes: Uint8Array } | Rejected;

export interface DecodeResults {
  inspect: InspectOutcome;
  frame: FrameOutcome;
  input: BytesOutcome;
  thumbnail: BytesOutcome;
}
export type DecodeResult = DecodeResults[keyof DecodeResults];

export type WorkerMessage =
  { kind: 'ready' } | { kind: 'done'; result: DecodeResult } | { kind: 'failed'; message: string };
