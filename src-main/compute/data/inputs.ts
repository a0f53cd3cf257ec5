import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { InputsFile } from '../../../src-shared/contract/compute.ts';
import { JobFailure } from '../failure.ts';

export interface Inputs {
  readonly size: number;
  readonly count: number;
  /** Gray levels of one image, row-major, size² bytes. */
  read(index: number): Uint8Array;
  close(): void;
}

export function openInputs({ path, size, count }: InputsFile): Inputs {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new JobFailure('INPUTS_UNREADABLE', `The prepared images could not be opened: ${String(error)}`, {
      cause: error,
    });
  }
  const bytes = size * size;
  if (fstatSync(file).size !== bytes * count) {
    closeSync(file);
    throw new JobFailure(
      'INPUTS_UNREADABLE',
      `The prepared images are incomplete: ${count} of ${size}×${size} were expected.`,
    );
  }
  return {
    size,
    count,
    read(index) {
      if (index >= count) throw new JobFailure('INPUTS_UNREADABLE', `There is no prepared image ${index}.`);
      const pixels = new Uint8Array(bytes);
      if (readSync(file, pixels, 0, bytes, index * bytes) !== bytes) {
        throw new JobFailure('INPUTS_UNREADABLE', `The prepared image ${index} ended early.`);
      }
      return pixels;
    },
    close: () => closeSync(file),
  };
}

export async function hashInputs(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}
