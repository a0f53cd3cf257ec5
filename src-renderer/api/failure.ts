/** Turns whatever a call threw into the words that a person reads: what happened, what was kept, what to do. */
import { failureSchema, type Failure } from '../../src-shared/contract/errors.ts';

const unreachable: Failure = {
  code: 'INTERNAL',
  message: 'The program behind this window does not answer.',
  kept: 'What was saved is safe; a training that was under way keeps its best epoch.',
  remedy: 'Wait a moment. If this stays, start Parenchyma again.',
};

/** True for calls that were given up on purpose, e.g. because another screen was opened. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

export function toFailure(error: unknown): Failure {
  if (error instanceof Error && 'data' in error) {
    const expected = failureSchema.safeParse(error.data);
    if (expected.success) return expected.data;
  }
  if (error instanceof TypeError) return unreachable;
  const message = error instanceof Error && error.message !== '' ? error.message : 'Something unexpected happened.';
  return {
    code: 'INTERNAL',
    message,
    kept: 'Nothing was changed.',
    remedy: 'Try again. If it happens again, look at the log in the project folder.',
  };
}
