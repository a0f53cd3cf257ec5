/**
 * Every failure the host reports on purpose. The message says what happened; `kept` what remains; `remedy` what to do now.
 */
import { z } from 'zod';

export const errorCodes = [
  'NO_PROJECT',
  'PROJECT_NOT_FOUND',
  'PROJECT_EXISTS',
  'PROJECT_NEWER',
  'PROJECT_LOCKED',
  'PROJECT_DAMAGED',
  'PATH_NOT_FOUND',
  'PATH_NOT_WRITABLE',
  'NOTHING_TO_IMPORT',
  'NOT_FOUND',
  'ONE_CLASS_ONLY',
  'TOO_FEW_PATIENTS',
  'NO_SPLIT',
  'SET_EMPTY',
  'SPLIT_FILES_UNREADABLE',
  'LEAKAGE',
  'TEST_SET_LOCKED',
  'BUSY',
  'CANCELLED',
  'NO_BACKEND',
  'COMPUTE_FAILED',
  'OUT_OF_MEMORY',
  'DIVERGED',
  'PROCESS_DIED',
  'WEIGHTS_REFUSED',
  'MODEL_REFUSED',
  'DOWNLOAD_FAILED',
  'INVALID_INPUT',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export const failureSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  kept: z.string(),
  remedy: z.string(),
});
export type Failure = z.infer<typeof failureSchema>;

/** Thrown by features for failures that a user can meet; turned into words and a status once, at the edge. */
export class ExpectedError extends Error {
  readonly code: ErrorCode;
  readonly kept: string;
  readonly remedy: string;

  constructor(failure: { code: ErrorCode; message: string; kept?: string; remedy?: string }, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'ExpectedError';
    this.code = failure.code;
    this.kept = failure.kept ?? 'Nothing was changed.';
    this.remedy = failure.remedy ?? '';
  }

  toFailure(): Failure {
    return { code: this.code, message: this.message, kept: this.kept, remedy: this.remedy };
  }
}

/** Whoever needs a run's model and finds none. While a run is trained its model still changes and is nobody's yet. */
export function noModel(run: string): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: `${run} has no model: there is no such run, it is still being trained, or it ended before its first epoch was complete.`,
    remedy: 'Wait until it has ended, or choose a run that finished at least one epoch.',
  });
}
