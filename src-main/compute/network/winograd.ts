import type { NativeRuntime, NativeTensor } from './native.ts';

/**
 * The convolutions of compute/kernels: 3×3, stride 1, zero padding 1, by Winograd's minimal filtering, with a quarter of the
 * products that the direct sum takes. They are in the binding where the processor has AVX2 or AVX-512.
 */
export interface Winograd {
  /** Whether they take this convolution, and whether the transform of its filter pays for as few tiles. */
  takes(input: readonly number[], filter: readonly number[], prepared: boolean): boolean;
  /** Whether so many tiles make up for the transform of the filter, which takes four times the filter's memory where it is kept. */
  paysEachTime(input: readonly number[]): boolean;
  /** `turned`: for the gradient of the convolution's input, which is a convolution of the output's gradient. */
  transformFilter(filter: NativeTensor, turned: boolean): NativeTensor;
  convolve(input: NativeTensor, transformed: NativeTensor, bias: NativeTensor | null, relu: boolean): NativeTensor;
  gradients(input: NativeTensor, gradient: NativeTensor): { filter: NativeTensor; bias: NativeTensor };
}

/** The kernels work on panels of 32 channels. */
const panel = 32;

/** Output pixels of a tile along one edge. */
const tileEdge = 4;

/** A filter's transform writes four times the filter and reads it again: below this it takes longer than what it saves. */
const leastTiles = { transforming: 24, prepared: 4, transformingEachTime: 96 };

function tilesOf([batch, height, width]: readonly number[]): number {
  return batch! * Math.ceil(height! / tileEdge) * Math.ceil(width! / tileEdge);
}

/**
 * Gives the kernels, or null where the binding has none for this processor. In `bfloat16` the factors of the products are
 * rounded to it (after the transform, so an output is off by about 1 % of the outputs' deviation) and summed in float32.
 */
export function winograd(native: NativeRuntime, factors: 'float32' | 'bfloat16'): Winograd | null {
  const noBias = native.upload(new Float32Array(0), [0]);
  const suffix = factors === 'bfloat16' ? 'Bfloat16' : '';
  const run = (name: string, inputs: NativeTensor[], outputs = 1) =>
    native.run(`Parenchyma${name}${suffix}`, [], inputs, outputs);
  const kernels: Winograd = {
    takes([batch, height, width, inputs], filter, prepared) {
      if (inputs! % panel !== 0 || filter[3]! % panel !== 0) return false;
      const tiles = tilesOf([batch!, height!, width!]);
      return tiles >= (prepared ? leastTiles.prepared : leastTiles.transforming);
    },
    paysEachTime: (input) => tilesOf(input) >= leastTiles.transformingEachTime,
    transformFilter: (filter, turned) => run(turned ? 'TransformFilterTurned' : 'TransformFilter', [filter])[0]!,
    convolve: (input, transformed, bias, relu) =>
      run(relu ? 'ConvolutionRelu' : 'Convolution', [input, transformed, bias ?? noBias])[0]!,
    gradients(input, gradient) {
      const [filter, bias] = run('FilterGradient', [input, gradient], 2);
      return { filter: filter!, bias: bias! };
    },
  };
  if (works(native, kernels, factors === 'bfloat16' ? 0.1 : 1e-4)) return kernels;
  native.dispose(noBias);
  return null;
}

/** A convolution of ones: in the middle of the image the sum is nine times the inputs, at a corner four times. */
function works(native: NativeRuntime, { transformFilter, convolve }: Winograd, tolerance: number): boolean {
  const input = native.upload(new Float32Array(5 * 5 * panel).fill(1), [1, 5, 5, panel]);
  const filter = native.upload(new Float32Array(9 * panel * panel).fill(1 / panel), [3, 3, panel, panel]);
  const owned = [input, filter];
  try {
    const transformed = transformFilter(filter, false);
    owned.push(transformed);
    const output = convolve(input, transformed, null, false);
    owned.push(output);
    const values = native.download(output);
    return Math.abs(values[0]! - 4) < tolerance && Math.abs(values[12 * panel]! - 9) < tolerance;
  } catch {
    // The binding was made without them, or this processor has none of the instruction sets.
    return false;
  } finally {
    native.dispose(...owned);
  }
}
