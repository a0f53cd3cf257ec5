/** Hashes of files and of stored values: most of what an import costs. */
import { createHash, hash } from 'node:crypto';
import type { ByteSource } from './byteSource.ts';
import type { PixelExtent } from './outcomes.ts';
import { bytesOf, rangeOf, type StoredArray } from './pixels/pixelArray.ts';

/** Of files that are not in memory, this much is hashed at a time. */
const chunkBytes = 4 * 1024 ** 2;

export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}

/** sha256 of a whole file, as every other tool computes it; hexadecimal. */
export function fileSha256(source: ByteSource): string {
  const whole = createHash('sha256');
  for (let at = 0; at < source.length; at += chunkBytes) {
    whole.update(source.read(at, Math.min(chunkBytes, source.length - at)));
  }
  return whole.digest('hex');
}

/** Range and common hash of all frames, gathered frame by frame. */
export class PixelSummary {
  private readonly whole = createHash('sha256');
  private known: string | null = null;
  private min = Infinity;
  private max = -Infinity;

  /** `only`: hash of the frame when it is the only one. */
  add(samples: StoredArray, only: string | null): void {
    if (only === null) this.whole.update(bytesOf(samples));
    else this.known = only;
    const range = rangeOf(samples);
    this.min = Math.min(this.min, range.min);
    this.max = Math.max(this.max, range.max);
  }

  result(): PixelExtent {
    return { min: this.min, max: this.max, pixelSha256: this.known ?? this.whole.digest('hex') };
  }
}
