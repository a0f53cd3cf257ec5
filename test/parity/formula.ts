/** The formula from which the oracles (scripts/oracles/torch_formula.py, torch_parity.py) make weights and images, so that no large file has to be kept. */
import { crc32 } from 'node:zlib';
import type { TensorSpecification } from '../../src-main/compute/network/layout.ts';
import { elementCount } from '../../src-main/compute/network/layout.ts';

/** Uniform numbers −1 … 1 from name and place alone. */
export function hashed(name: string, count: number): Float32Array {
  const start = crc32(name);
  const values = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    let x = (Math.imul(index, 2654435761) + start) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
    x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
    x = (x ^ (x >>> 16)) >>> 0;
    values[index] = x / 2 ** 31 - 1;
  }
  return values;
}

/** Keeps nearly all activations behind batch normalisation away from the kink of the ReLU; see the script. */
const offset = 2.5;

/** Initial values of one tensor in torch's layout. */
export function formulaWeights({ name, shape, role }: TensorSpecification): Float32Array {
  const values = hashed(name, elementCount(shape));
  const positive = name.endsWith('running_var') || (name.startsWith('features') && name.endsWith('weight'));
  const factor = Math.fround(Math.sqrt(6 / elementCount(shape.slice(1))));
  return values.map((value) => {
    if (shape.length > 1) return value * factor;
    if (positive) return 1 + value * 0.25;
    const small = Math.fround(value * Math.fround(0.1));
    return role === 'offset' ? offset + small : small;
  });
}

/** Gray levels of `count` images, size² bytes each. */
export function formulaImages(count: number, size: number): Uint8Array[] {
  const values = hashed(`pixels ${size}`, count * size * size);
  const levels = Uint8Array.from(values, (value) => Math.min(255, Math.floor((value + 1) * 127.5)));
  return Array.from({ length: count }, (_, image) => levels.subarray(image * size * size, (image + 1) * size * size));
}

/** Rows (output channels) of weights that were drawn again, by tensor: row, variant. */
export type Variants = Record<string, [row: number, variant: number][]>;

/** As torch_parity.py has them: no offset of the normalisation, and some rows drawn again so that no decision is close. */
export function settledWeights(variants: Variants): (specification: TensorSpecification) => Float32Array {
  return ({ name, shape }) => {
    const values = hashed(name, elementCount(shape));
    if (shape.length === 1) {
      const positive = name.endsWith('running_var') || (name.startsWith('features') && name.endsWith('weight'));
      return values.map((value) => (positive ? 1 + value * 0.25 : value * Math.fround(0.1)));
    }
    const inputs = elementCount(shape.slice(1));
    for (const [row, variant] of variants[name] ?? []) {
      values.set(hashed(`${name} row ${row} variant ${variant}`, inputs), row * inputs);
    }
    const factor = Math.fround(Math.sqrt(6 / inputs));
    return values.map((value) => value * factor);
  };
}

/** Gray levels of `count` images: patches of 16×16 under fine noise. */
export function patchedImages(count: number, size: number): Uint8Array[] {
  const name = `pixels ${size}`;
  const level = (value: number) => Math.min(255, Math.floor((value + 1) * 127.5));
  const patches = hashed(`${name} patches`, count * 256);
  const noise = hashed(name, count * size * size);
  return Array.from({ length: count }, (_, image) =>
    Uint8Array.from({ length: size * size }, (_value, place) => {
      const [row, column] = [Math.floor(place / size), place % size];
      const patch = patches[image * 256 + Math.floor(row / 16) * 16 + Math.floor(column / 16)]!;
      return Math.floor((3 * level(patch) + level(noise[image * size * size + place]!)) / 4);
    }),
  );
}
