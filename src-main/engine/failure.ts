import type { ComputeEvent } from '../../src-shared/contract/compute.ts';

export type ComputeFailureCode =
  Extract<ComputeEvent, { kind: 'failed' }>['code'] | 'PROCESS_DIED' | 'NO_BACKEND' | 'CLOSED';

/** A compute job that ended without a result. `message` says what happened and what to do, `kept` what remains of its work. */
export class ComputeFailure extends Error {
  readonly code: ComputeFailureCode;
  readonly kept: string;
  /** Whether the process itself ended, so that a training can go on from its checkpoint in the next one. */
  readonly processEnded: boolean;

  constructor(code: ComputeFailureCode, message: string, kept: string, processEnded = false) {
    super(message);
    this.name = 'ComputeFailure';
    this.code = code;
    this.kept = kept;
    this.processEnded = processEnded;
  }
}
