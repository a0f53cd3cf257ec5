import { open } from 'node:fs/promises';
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';

/** All bytes of a regular file, refused when it is too large; its size is asked of the open file, and the read is bounded by it. */
export async function readWholeFile(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r');
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw new Refusal('UNREADABLE', 'This is not a regular file.');
      if (stat.size === 0) throw new Refusal('EMPTY_FILE', 'The file is empty.');
      if (stat.size > limits.fileBytes) {
        throw new Refusal(
          'TOO_LARGE',
          `The file has ${Math.round(stat.size / 1e6)} MB; the limit is ${limits.fileBytes / 1024 ** 2} MB.`,
        );
      }
      const bytes = new Uint8Array(stat.size);
      let position = 0;
      while (position < bytes.length) {
        const { bytesRead } = await file.read(bytes, position, bytes.length - position, position);
        if (bytesRead === 0) break;
        position += bytesRead;
      }
      return bytes.subarray(0, position);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal('UNREADABLE', `The file cannot be opened (${systemCode(cause)}).`, { cause });
  }
}

function systemCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown reason';
}
