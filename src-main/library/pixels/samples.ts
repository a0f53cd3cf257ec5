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

/**
 * `raw` has one entry per sample, whatever its sign; bits above `highBit` may hold anything (old overlays). Where nothing has to be
 * masked or extended the result is a view of `raw`.
 */
export function storedSamples(raw: RawSamples, format: SampleFormat): StoredArray {
  const { bitsStored, bitsAllocated, signed } = format;
  const shift = format.highBit + 1 - bitsStored;
  if (shift === 0 && raw.BYTES_PER_ELEMENT * 8 === Math.max(8, bitsAllocated) && isClean(raw, format)) {
    return view(raw, signed);
  }
  const samples = emptySamples(format, raw.length);
  const clear = 32 - bitsStored;
  if (signed)
    for (let index = 0; index < raw.length; index++) samples[index] = ((raw[index]! >> shift) << clear) >> clear;
  else for (let index = 0; index < raw.length; index++) samples[index] = ((raw[index]! >>> shift) << clear) >>> clear;
  return samples;
}

export type RawSamples = Uint8Array | Uint16Array | Uint32Array;

/** Whether the bits above those stored are 0 already, or there are none; signed values count as clean only when there are none. */
function isClean(raw: RawSamples, { bitsStored, signed }: SampleFormat): boolean {
  const width = raw.BYTES_PER_ELEMENT;
  if (bitsStored === 8 * width) return true;
  if (signed) return false;
  const unused =
    width === 1 ? 0x0101_0101 * (0xff & ~(2 ** bitsStored - 1)) : 0x1_0001 * (0xffff & ~(2 ** bitsStored - 1));
  return width < 4 && (bitsUsed(raw) & unused) === 0;
}

/** All values or-ed together, four bytes at a time: the bytes and words of `raw` side by side in one number. */
function bitsUsed(raw: RawSamples): number {
  const width = raw.BYTES_PER_ELEMENT;
  const lead = (4 - (raw.byteOffset % 4)) % 4;
  const words = new Int32Array(raw.buffer, raw.byteOffset + lead, Math.max(0, raw.byteLength - lead) >> 2);
  // Four sums at a time keep the processor busy: this runs over every pixel that is imported.
  let [a, b, c, d] = [0, 0, 0, 0];
  const quads = words.length - (words.length % 4);
  for (let at = 0; at < quads; at += 4) {
    a |= words[at]!;
    b |= words[at + 1]!;
    c |= words[at + 2]!;
    d |= words[at + 3]!;
  }
  for (let at = quads; at < words.length; at++) a |= words[at]!;
  const spread = width === 1 ? 0x0101_0101 : 0x1_0001;
  for (let at = 0; at < lead / width; at++) a |= raw[at]! * spread;
  for (let at = (lead + 4 * words.length) / width; at < raw.length; at++) a |= raw[at]! * spread;
  return a | b | c | d;
}

function view(raw: RawSamples, signed: boolean): StoredArray {
  if (!signed) return raw;
  if (raw instanceof Uint8Array) return new Int8Array(raw.buffer, raw.byteOffset, raw.length);
  if (raw instanceof Uint16Array) return new Int16Array(raw.buffer, raw.byteOffset, raw.length);
  return new Int32Array(raw.buffer, raw.byteOffset, raw.length);
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
