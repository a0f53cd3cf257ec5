/**
 * Perceptual hash: 64 bits of the lowest frequencies of a 32×32 picture (discrete cosine transform, Zauner 2010). Recompression, another
 * size, contrast and brightness change few bits. Mirroring and cropping change many, so a picture is also hashed as it would look
 * mirrored and cropped, and the pictures it is compared with are looked up by all of these.
 */
import { cropOf, type Box, type SmallPicture } from './smallPicture.ts';

const edge = 32;
const low = 8;
export const hashBytes = 8;

/** How a picture may have been changed before it was stored a second time. Shares of width and height. */
export interface Variant {
  box: Box;
  mirrored: boolean;
}

const whole: Box = { left: 0, top: 0, width: 1, height: 1 };

/** Margins of 6 and 12 % cut away in the middle and at each corner. */
const cropBoxes: readonly Box[] = [0.06, 0.12].flatMap((cut) =>
  [
    [0.5, 0.5],
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ].map(([x, y]) => ({ left: cut * x!, top: cut * y!, width: 1 - cut, height: 1 - cut })),
);

/** The first variant is the picture as it is, the second its mirror image; the crops follow. */
export const variants: readonly Variant[] = [
  { box: whole, mirrored: false },
  { box: whole, mirrored: true },
  ...cropBoxes.map((box) => ({ box, mirrored: false })),
];

/** Hashes of all variants one after the other, `variants.length` × 8 bytes. */
export function hashVariants(picture: SmallPicture): Uint8Array {
  const result = new Uint8Array(variants.length * hashBytes);
  variants.forEach((variant, index) => result.set(perceptualHash(picture, variant), index * hashBytes));
  return result;
}

/** 8 bytes; bit k of byte r says whether coefficient (r, k) is above the median of all but the mean. */
export function perceptualHash(picture: SmallPicture, { box, mirrored }: Variant = variants[0]!): Uint8Array {
  const coefficients = lowFrequencies(cropOf(picture, box, edge, mirrored));
  const median = medianOf(coefficients.subarray(1));
  const hash = new Uint8Array(hashBytes);
  for (let index = 1; index < coefficients.length; index++) {
    if (coefficients[index]! > median) hash[index >> 3]! |= 1 << (index & 7);
  }
  return hash;
}

/** cosines[k · edge + x] = cos(π (x + ½) k / edge). The scale of DCT-II does not matter: only the order of the values counts. */
const cosines = Float64Array.from({ length: low * edge }, (_, index) =>
  Math.cos((Math.PI * ((index % edge) + 0.5) * Math.floor(index / edge)) / edge),
);

/** The low × low lowest coefficients, row-major. The first row and column are scaled as in an orthonormal transform. */
function lowFrequencies(values: Float32Array): Float64Array {
  const rows = new Float64Array(edge * low);
  for (let y = 0; y < edge; y++) {
    for (let k = 0; k < low; k++) {
      let sum = 0;
      for (let x = 0; x < edge; x++) sum += values[y * edge + x]! * cosines[k * edge + x]!;
      rows[y * low + k] = k === 0 ? sum * Math.SQRT1_2 : sum;
    }
  }
  const result = new Float64Array(low * low);
  for (let k = 0; k < low; k++) {
    for (let j = 0; j < low; j++) {
      let sum = 0;
      for (let y = 0; y < edge; y++) sum += rows[y * low + j]! * cosines[k * edge + y]!;
      result[k * low + j] = k === 0 ? sum * Math.SQRT1_2 : sum;
    }
  }
  return result;
}

function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
