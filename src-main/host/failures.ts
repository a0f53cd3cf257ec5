import { ExpectedError, type Failure } from '../../src-shared/contract/errors.ts';

/** Turns anything thrown into what the user is told. Unexpected errors keep their details out of the answer: those go to the log. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ExpectedError) return error.toFailure();
  if (isAbort(error)) {
    return { code: 'CANCELLED', message: 'Cancelled.', kept: 'What was done until then is kept.', remedy: '' };
  }
  const disk = diskFailure(error);
  if (disk) return disk;
  return {
    code: 'INTERNAL',
    message: 'Something went wrong inside Parenchyma.',
    kept: 'Everything that was confirmed before is kept.',
    remedy: 'Try again; if it happens again, send the log file named in Settings to whoever looks after the software.',
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** SQLite's primary result codes. */
const sqliteReadOnly = 8;
const sqliteFull = 13;

function diskFailure(error: unknown): Failure | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  const sqlite = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
  if (error.code === 'ENOSPC' || sqlite === sqliteFull) {
    return {
      code: 'PATH_NOT_WRITABLE',
      message: 'The disk is full.',
      kept: 'Everything that was confirmed before is kept.',
      remedy: 'Free some space and try again.',
    };
  }
  if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS' || sqlite === sqliteReadOnly) {
    return {
      code: 'PATH_NOT_WRITABLE',
      message: 'A folder that Parenchyma needs is not writable for you.',
      kept: 'Everything that was confirmed before is kept.',
      remedy: 'Ask for permission to write there, or choose another folder.',
    };
  }
  return null;
}
