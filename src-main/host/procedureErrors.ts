import { ORPCError } from '@orpc/server';
import type { ErrorCode, Failure } from '../../src-shared/contract/errors.ts';
import { toFailure } from './failures.ts';

const statuses: Partial<Record<ErrorCode, number>> = {
  NO_PROJECT: 409,
  PROJECT_NOT_FOUND: 404,
  PROJECT_EXISTS: 409,
  PATH_NOT_FOUND: 404,
  NOT_FOUND: 404,
  BUSY: 409,
  INVALID_INPUT: 400,
  INTERNAL: 500,
};

/** The same failure as an error of the procedure call; the whole failure travels as `data`. */
export function toProcedureError(error: unknown): ORPCError<string, Failure> {
  const failure = toFailure(error);
  return new ORPCError(failure.code, {
    status: statuses[failure.code] ?? 422,
    message: failure.message,
    data: failure,
  });
}
