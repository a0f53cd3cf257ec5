import { randomBytes } from 'node:crypto';
import { constants, mkdirSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';

/** A named pipe would otherwise be waited for until someone writes to it, and no time limit ends that wait. */
export const openForReading = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Writes a file so that after a crash at any instant either the old content or the whole new content is there:
 * temporary name in the same folder, fsync, rename, fsync of the folder.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Makes a folder that the user named, and those above it that are missing. Node's own recursive way goes on for ever below a folder that
 * exists and answers "no such file" to whatever is to be made in it, such as /proc.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' && dirname(path) !== path) {
      makeFolder(dirname(path));
      mkdirSync(path);
    } else if (code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

/** `makeFolder` for what is written into it next; `kept` says what remains when it cannot be made. */
export function makeChosenFolder(path: string, kept: string): void {
  try {
    makeFolder(path);
  } catch (cause) {
    const message = `The folder ${path} cannot be made.`;
    throw new ExpectedError({ code: 'PATH_NOT_WRITABLE', message, kept, remedy: 'Choose another folder.' }, { cause });
  }
}

/** Makes a rename durable. Windows cannot open a folder for this and does not need it (NTFS journals the rename). */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
