import { collectGarbage } from '../memory.ts';
import { elementCount, type TensorSpecification } from './layout.ts';
import type { Operations } from './operations.ts';

/** The seam between torch's layout (files, initial values) and ours; the transposition runs on the engine. */
export function fromTorch<Tensor>(
  ops: Operations<Tensor>,
  specification: TensorSpecification,
  values: () => Float32Array,
): Tensor {
  const { shape, kind } = specification;
  if (kind === 'vector') return ops.upload(values(), shape);
  const [outputs, inputs] = shape as [number, number];
  if (kind === 'filter') return viaTranspose(ops, values, shape, [2, 3, 1, 0], [3, 3, inputs, outputs]);
  if (kind === 'dense') return viaTranspose(ops, values, shape, [1, 0], [inputs, outputs]);
  const [channels, places] = flattenedInputs(inputs);
  return viaTranspose(ops, values, [outputs, channels, places], [2, 1, 0], [inputs, outputs]);
}

export function toTorch<Tensor>(
  ops: Operations<Tensor>,
  specification: TensorSpecification,
  tensor: Tensor,
): Float32Array {
  const { shape, kind } = specification;
  if (kind === 'vector') return ops.download(tensor);
  const [outputs, inputs] = shape as [number, number];
  let arranged: Tensor;
  if (kind === 'filter') {
    arranged = ops.transpose(tensor, [3, 2, 0, 1]);
  } else if (kind === 'dense') {
    arranged = ops.transpose(tensor, [1, 0]);
  } else {
    const [channels, places] = flattenedInputs(inputs);
    const cube = ops.reshape(tensor, [places, channels, outputs]);
    arranged = ops.transpose(cube, [2, 1, 0]);
    ops.dispose(cube);
  }
  const values = ops.download(arranged);
  ops.dispose(arranged);
  return values;
}

/** The full head's inputs: 512 channels on a 7×7 grid, which torch flattens channel by channel. */
function flattenedInputs(inputs: number): [channels: number, places: number] {
  return [inputs / 49, 49];
}

/** From this size on an array is collected before its tensor is copied once more. */
const largeBytes = 64e6;

/** Leaves no reference to the values: the full head's first layer takes 0.4 GB, three times over while it is transposed. */
function uploadAndForget<Tensor>(ops: Operations<Tensor>, values: () => Float32Array, shape: number[]): Tensor {
  const uploaded = uploadValues(ops, values, shape);
  if (4 * elementCount(shape) >= largeBytes) collectGarbage();
  return uploaded;
}

function uploadValues<Tensor>(ops: Operations<Tensor>, values: () => Float32Array, shape: number[]): Tensor {
  const given = values();
  if (given.length !== elementCount(shape)) throw new RangeError('Values and shape differ in size.');
  return ops.upload(given, shape);
}

function viaTranspose<Tensor>(
  ops: Operations<Tensor>,
  values: () => Float32Array,
  shape: number[],
  permutation: number[],
  result: number[],
): Tensor {
  const uploaded = uploadAndForget(ops, values, shape);
  const transposed = ops.transpose(uploaded, permutation);
  ops.dispose(uploaded);
  const reshaped = ops.reshape(transposed, result);
  ops.dispose(transposed);
  return reshaped;
}

/** Gives a tensor's values and forgets them, so that they are not held beside the tensor made of them. */
export function take(values: Map<string, Float32Array>, name: string): Float32Array | undefined {
  const found = values.get(name);
  values.delete(name);
  return found;
}
