import type { ComputeEvent } from '../../src-shared/contract/compute.ts';

export type ComputeFailureCode =
  Extract<ComputeEvent, { kind: 'failed' }>['code'] | 'PROCESS_DIED' | 'NO_BACKEND' | 'CLOSED';

/** A compute job that ended without a result. `message` says what happened and what to do, `kept` what remains of its work. */
export class ComputeFailure extends Error {
  readonly code: ComputeFailureCode;
  readonly kept: string;

  constructor(code: ComputeFailureCode, message: string, kept: string) {
    super(message);
    this.name = 'ComputeFailure';
    this.code = code;
    this.kept = kept;
  }
}
