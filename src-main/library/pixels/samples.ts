/** From raw bits to stored values: the typed array of BitsAllocated, unused bits masked, sign extended. PS3.5 section 8.1. */
import type { StoredArray } from './pixelArray.ts';

export interface SampleFormat {
  /** 8, 16 or 32; 1-bit pixels are held in bytes. */
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
  signed: boolean;
}

export function emptySamples({ bitsAllocated, signed }: SampleFormat, count: number): StoredArray {
  if (bitsAllocated <= 8) return signed ? new Int8Array(count) : new Uint8Array(count);
  if (bitsAllocated <= 16) return signed ? new Int16Array(count) : new Uint16Array(count);
  return signed ? new Int32Array(count) : new Uint32Array(count);
}

/** `raw` has one entry per sample, whatever its sign; bits above `highBit` may hold anything (old overlays). */
export function storedSamples(raw: ArrayLike<number>, format: SampleFormat): StoredArray {
  const samples = emptySamples(format, raw.length);
  const { bitsStored, signed } = format;
  const shift = format.highBit + 1 - bitsStored;
  const clear = 32 - bitsStored;
  if (signed)
    for (let index = 0; index < raw.length; index++) samples[index] = ((raw[index]! >> shift) << clear) >> clear;
  else for (let index = 0; index < raw.length; index++) samples[index] = ((raw[index]! >>> shift) << clear) >>> clear;
  return samples;
}

/** Samples as native pixel data holds them. `bytes` may lie anywhere in a file, so it is copied where it is not aligned. */
export function rawSamples(
  bytes: Uint8Array,
  bitsAllocated: number,
  bigEndian: boolean,
): Uint8Array | Uint16Array | Uint32Array {
  if (bitsAllocated === 8) return bytes;
  const width = bitsAllocated / 8;
  const aligned = bytes.byteOffset % width === 0 && !bigEndian ? bytes : bytes.slice();
  if (bigEndian) {
    const buffer = Buffer.from(aligned.buffer, aligned.byteOffset, aligned.byteLength);
    if (width === 2) buffer.swap16();
    else buffer.swap32();
  }
  const length = aligned.byteLength / width;
  return width === 2
    ? new Uint16Array(aligned.buffer, aligned.byteOffset, length)
    : new Uint32Array(aligned.buffer, aligned.byteOffset, length);
}

/** 1-bit pixels, first pixel in the least significant bit (PS3.5 8.1.1), one byte each. */
export function unpackBits(bytes: Uint8Array, firstBit: number, count: number): Uint8Array {
  const pixels = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const bit = firstBit + index;
    pixels[index] = (bytes[bit >>> 3]! >>> (bit & 7)) & 1;
  }
  return pixels;
}

/** Planes one after the other → samples of one pixel side by side. */
export function interleave<T extends Uint8Array | Uint16Array | Uint32Array>(planes: T, pixels: number): T {
  const result = planes.slice();
  for (let sample = 0; sample < 3; sample++) {
    for (let index = 0; index < pixels; index++) result[3 * index + sample] = planes[sample * pixels + index]!;
  }
  return result as T;
}
