import type { RandomSource } from './random.ts';

/** One-dimensional radix-2 transform in place over `size` complex values at `offset` with the given stride; sign +1 (inverse, unscaled). */
function createTransform(size: number): (real: Float64Array, imaginary: Float64Array) => void {
  const bits = Math.log2(size);
  const cosine = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sine = Float64Array.from({ length: size / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / size));
  const reversed = Uint16Array.from({ length: size }, (_, index) => {
    let result = 0;
    for (let bit = 0; bit < bits; bit++) if (index & (1 << bit)) result |= 1 << (bits - 1 - bit);
    return result;
  });
  return (real, imaginary) => {
    for (let index = 0; index < size; index++) {
      const other = reversed[index]!;
      if (other <= index) continue;
      const keptReal = real[index]!;
      real[index] = real[other]!;
      real[other] = keptReal;
      const keptImaginary = imaginary[index]!;
      imaginary[index] = imaginary[other]!;
      imaginary[other] = keptImaginary;
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const low = start + k;
          const high = low + half;
          const c = cosine[k * step]!;
          const s = sine[k * step]!;
          const tr = real[high]! * c - imaginary[high]! * s;
          const ti = real[high]! * s + imaginary[high]! * c;
          real[high] = real[low]! - tr;
          imaginary[high] = imaginary[low]! - ti;
          real[low] = real[low]! + tr;
          imaginary[low] = imaginary[low]! + ti;
        }
      }
    }
  };
}

export interface NoiseShape {
  size: number;
  /** Millimetres. */
  pixel: number;
  /** Half axes of the body, millimetres: rays along the longer one lose more photons. */
  halfWidth: number;
  halfDepth: number;
}

/** Linear attenuation of soft tissue and lung together along a chest ray, per millimetre, at 120 kV (effective 70 keV). */
const meanAttenuation = 0.011;

/**
 * Amplitude of the noise at every spatial frequency. Filtered back-projection colours white detector noise with the ramp |f|,
 * cut by the reconstruction filter (here a Hann window), and weighs each direction with the noise of the rays that cross it
 * (Riederer, Pelc and Chesler 1978): exp(attenuation × path length), so the long way through the shoulders streaks sideways.
 */
function amplitudes(shape: NoiseShape): Float64Array {
  const { size, pixel } = shape;
  const cutOff = 0.5 / pixel;
  const result = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const fy = (row < size / 2 ? row : row - size) / (size * pixel);
    for (let column = 0; column < size; column++) {
      const fx = (column < size / 2 ? column : column - size) / (size * pixel);
      const frequency = Math.sqrt(fx * fx + fy * fy);
      if (frequency === 0 || frequency >= cutOff) continue;
      // A frequency along y is carried by rays along x.
      const path = 2 / Math.hypot(fy / (frequency * shape.halfWidth), fx / (frequency * shape.halfDepth));
      const hann = 0.5 + 0.5 * Math.cos((Math.PI * frequency) / cutOff);
      result[row * size + column] = Math.sqrt(frequency * Math.exp(meanAttenuation * path)) * hann;
    }
  }
  return result;
}

/** Gives fields of `size` × `size` correlated noise with mean 0 and variance 1. */
export function createNoise(shape: NoiseShape, random: RandomSource): () => Float32Array {
  const { size } = shape;
  const amplitude = amplitudes(shape);
  const power = amplitude.reduce((sum, value) => sum + value * value, 0);
  const scale = 1 / Math.sqrt(power);
  const transform = createTransform(size);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const rowsReal = new Float64Array(size * size);
  const rowsImaginary = new Float64Array(size * size);
  let spare: Float32Array | null = null;
  return () => {
    if (spare) {
      const field = spare;
      spare = null;
      return field;
    }
    // A random complex spectrum gives two independent real fields at once: the real and the imaginary part.
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const value = amplitude[row * size + column]! * scale;
        re[column] = value === 0 ? 0 : value * random.normal();
        im[column] = value === 0 ? 0 : value * random.normal();
      }
      transform(re, im);
      rowsReal.set(re, row * size);
      rowsImaginary.set(im, row * size);
    }
    const first = new Float32Array(size * size);
    const second = new Float32Array(size * size);
    for (let column = 0; column < size; column++) {
      for (let row = 0; row < size; row++) {
        re[row] = rowsReal[row * size + column]!;
        im[row] = rowsImaginary[row * size + column]!;
      }
      transform(re, im);
      for (let row = 0; row < size; row++) {
        first[row * size + column] = re[row]!;
        second[row * size + column] = im[row]!;
      }
    }
    spare = second;
    return first;
  };
}
