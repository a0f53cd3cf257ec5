/** Typed arrays that hold stored values: the signed or unsigned type of BitsAllocated. */
export type StoredArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;
export type PixelArray = StoredArray | Float32Array;
export type PixelType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32';

export function pixelType(pixels: PixelArray): PixelType {
  if (pixels instanceof Uint8Array) return 'uint8';
  if (pixels instanceof Int8Array) return 'int8';
  if (pixels instanceof Uint16Array) return 'uint16';
  if (pixels instanceof Int16Array) return 'int16';
  if (pixels instanceof Uint32Array) return 'uint32';
  if (pixels instanceof Int32Array) return 'int32';
  return 'float32';
}

/** The bytes of `pixels` in memory order; all platforms that Node and Electron run on are little-endian. */
export function bytesOf(pixels: PixelArray): Uint8Array {
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}

export interface Range {
  min: number;
  max: number;
}

/** Least and greatest value; NaN is passed over. */
export function rangeOf(pixels: ArrayLike<number>): Range {
  let min = Infinity;
  let max = -Infinity;
  for (let index = 0; index < pixels.length; index++) {
    const value = pixels[index]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : { min: 0, max: 0 };
}
