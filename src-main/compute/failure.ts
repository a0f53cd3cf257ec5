import type { ComputeEvent } from '../../src-shared/contract/compute.ts';

export type FailureCode = Extract<ComputeEvent, { kind: 'failed' }>['code'];

/** A job that cannot go on, in words for the user; `kept` says what of its work remains. */
export class JobFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JobFailure';
    this.code = code;
  }
}

/** Gives an unexpected error the nearest code: full memory and full disks are told apart from mistakes in the program. */
export function asJobFailure(error: unknown): JobFailure {
  if (error instanceof JobFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS' || code === 'EACCES' || code === 'EIO') {
    return new JobFailure('DISK', `A file could not be written: ${message}`, { cause: error });
  }
  if (
    /OOM|out of memory|Array buffer allocation failed|RESOURCE_EXHAUSTED|bad_alloc|Cannot enlarge memory|memory access out of bounds/i.test(
      message,
    )
  ) {
    return new JobFailure(
      'OUT_OF_MEMORY',
      'The memory is not enough for this configuration. Choose a smaller batch, a smaller image size, the compact head, or a frozen backbone.',
      { cause: error },
    );
  }
  return new JobFailure('INTERNAL', `The computation failed: ${message}`, { cause: error });
}
