import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { writeFileAtomic } from '../platform/files.ts';

/** Before anything is computed for a table: throws PATH_NOT_WRITABLE where its folder is not there or cannot be written. */
export async function checkTableFile(path: string): Promise<void> {
  await access(dirname(resolve(path)), constants.W_OK).catch((cause: unknown) => {
    throw notWritable(path, cause);
  });
}

/** Throws PATH_NOT_WRITABLE. */
export async function writeTableFile(path: string, text: string): Promise<void> {
  await writeFileAtomic(resolve(path), new TextEncoder().encode(text)).catch((cause: unknown) => {
    throw notWritable(path, cause);
  });
}

function notWritable(path: string, cause: unknown): ExpectedError {
  return new ExpectedError(
    {
      code: 'PATH_NOT_WRITABLE',
      message: `The table ${resolve(path)} cannot be written.`,
      kept: 'No table was written.',
      remedy: 'Choose a folder that is there and that you may write to.',
    },
    { cause },
  );
}
