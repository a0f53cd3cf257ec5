import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';

export interface DropLimits {
  bytesPerFile: number;
  /** Of one batch. */
  bytes: number;
  files: number;
}

const gibibyte = 2 ** 30;
export const dropLimits: DropLimits = { bytesPerFile: gibibyte, bytes: 4 * gibibyte, files: 10_000 };

interface Batch {
  bytes: number;
  files: number;
}

/**
 * Files dropped on a page that cannot say where they lie: their bytes are kept below `directory`, one folder a batch, until the batch is
 * removed. `clear` takes everything away, also what an earlier session left.
 */
export function createDroppedFiles(directory: string, limits: DropLimits = dropLimits) {
  const batches = new Map<string, Batch>();
  const folderOf = (batch: string) => join(directory, batch);

  return {
    /** Keeps one file at `path` (names with '/' between them) below the batch's folder. What goes beyond the limits is refused. */
    async add(batch: string, path: string, body: ReadableStream<Uint8Array>): Promise<void> {
      const target = join(folderOf(batch), ...safeNames(path));
      const state = batches.get(batch) ?? { bytes: 0, files: 0 };
      batches.set(batch, state);
      if (state.files >= limits.files) throw tooMuch(`More than ${formatCount(limits.files)} files were dropped.`);
      state.files += 1;
      await mkdir(dirname(target), { recursive: true });
      let written = 0;
      const counted = new Transform({
        transform(chunk: Uint8Array, _encoding, done) {
          written += chunk.length;
          state.bytes += chunk.length;
          if (written > limits.bytesPerFile) {
            done(tooMuch(`A file is larger than ${formatBytes(limits.bytesPerFile)}.`));
          } else if (state.bytes > limits.bytes) {
            done(tooMuch(`The files are larger than ${formatBytes(limits.bytes)} together.`));
          } else done(null, chunk);
        },
      });
      try {
        await pipeline(Readable.fromWeb(body), counted, createWriteStream(target, { flags: 'wx' }));
      } catch (error) {
        if (isExisting(error)) throw twice(path);
        await rm(target, { force: true });
        throw error;
      }
    },

    /** Folder of a batch that has files. */
    folder(batch: string): string {
      if (batches.has(batch)) return folderOf(batch);
      throw new ExpectedError({
        code: 'NOT_FOUND',
        message: 'The dropped files are not at hand any more.',
        remedy: 'Drop them again.',
      });
    },

    /** Safe to call for a batch that does not exist. */
    async remove(batch: string): Promise<void> {
      if (!batches.delete(batch)) return;
      await rm(folderOf(batch), { recursive: true, force: true });
    },

    async clear(): Promise<void> {
      batches.clear();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
export type DroppedFiles = ReturnType<typeof createDroppedFiles>;

/** Longest name that file systems take. */
const longestName = 200;

/** Names of a path that stays below its folder, whatever a page sends. */
function safeNames(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not be in a file's name
  const unsafe = /[\\:*?"<>|\u0000-\u001f]/g;
  const isBad = (name: string) => name === '.' || name === '..' || name.length > longestName;
  if (names.length === 0 || names.length > 32 || names.some(isBad)) {
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: 'A dropped file has a name that cannot be kept.',
      remedy: 'Use “Choose a folder” instead.',
    });
  }
  return names.map((name) => name.replaceAll(unsafe, '_'));
}

function tooMuch(message: string): ExpectedError {
  return new ExpectedError({
    code: 'INVALID_INPUT',
    message,
    kept: 'None of the dropped files was kept.',
    remedy: 'Use “Choose a folder” for large studies: nothing is copied then.',
  });
}

function twice(path: string): ExpectedError {
  return new ExpectedError({ code: 'INVALID_INPUT', message: `${path} was dropped twice.`, remedy: 'Drop it again.' });
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
