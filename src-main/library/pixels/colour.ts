/** Colour to RGB bytes and to luminance. PS3.3 C.7.6.3.1.2 (YBR_FULL is full-range ITU-R BT.601) and C.7.6.3.1.5 (palettes). */
import type { StoredArray } from './pixelArray.ts';

/** Y₁ Y₂ Cb Cr for each two pixels of a row → three samples for each pixel. Rows have an even number of pixels. */
export function expandYbr422<T extends StoredArray>(samples: T, empty: (count: number) => T): T {
  const pixels = samples.length / 2;
  const expanded = empty(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const second = pixel % 2;
    const pair = 2 * (pixel - second);
    expanded[3 * pixel] = samples[pair + second]!;
    expanded[3 * pixel + 1] = samples[pair + 2]!;
    expanded[3 * pixel + 2] = samples[pair + 3]!;
  }
  return expanded;
}

export function ybrToRgb(ybr: Uint8Array): Uint8Array {
  const rgb = new Uint8ClampedArray(ybr.length);
  for (let index = 0; index < ybr.length; index += 3) {
    const y = ybr[index]!;
    const cb = ybr[index + 1]! - 128;
    const cr = ybr[index + 2]! - 128;
    // Halves go up, as everywhere else: the clamped array by itself would round them to even.
    rgb[index] = Math.floor(y + 1.402 * cr + 0.5);
    rgb[index + 1] = Math.floor(y - 0.344136 * cb - 0.714136 * cr + 0.5);
    rgb[index + 2] = Math.floor(y + 1.772 * cb + 0.5);
  }
  return new Uint8Array(rgb.buffer);
}

/** ITU-R BT.601 luma, the gray that torchvision and PIL make of RGB: 0.299 R + 0.587 G + 0.114 B, rounded. */
export function luminance(rgb: Uint8Array): Uint8Array {
  const gray = new Uint8Array(rgb.length / 3);
  for (let pixel = 0; pixel < gray.length; pixel++) {
    const at = 3 * pixel;
    gray[pixel] = Math.round(0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!);
  }
  return gray;
}

/** Samples of more or fewer than 8 bits, unsigned or signed, brought to 0 … 255. */
export function toBytes(samples: StoredArray, bitsStored: number, signed: boolean): Uint8Array {
  if (bitsStored === 8 && samples instanceof Uint8Array) return samples;
  const bytes = new Uint8Array(samples.length);
  const lowest = signed ? -(2 ** (bitsStored - 1)) : 0;
  const scale = 255 / (2 ** bitsStored - 1);
  for (let index = 0; index < samples.length; index++) bytes[index] = Math.round((samples[index]! - lowest) * scale);
  return bytes;
}

export interface Palette {
  /** Stored value that takes the first entry. */
  first: number;
  /** Entries of each colour, 0 … 255. */
  red: Uint8Array;
  green: Uint8Array;
  blue: Uint8Array;
}

export function paletteToRgb(indices: StoredArray, palette: Palette): Uint8Array {
  const rgb = new Uint8Array(indices.length * 3);
  const last = palette.red.length - 1;
  for (let pixel = 0; pixel < indices.length; pixel++) {
    const entry = Math.min(Math.max(indices[pixel]! - palette.first, 0), last);
    rgb[3 * pixel] = palette.red[entry]!;
    rgb[3 * pixel + 1] = palette.green[entry]!;
    rgb[3 * pixel + 2] = palette.blue[entry]!;
  }
  return rgb;
}
