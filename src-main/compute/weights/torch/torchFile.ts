import type { FileHandle } from 'node:fs/promises';
import { bytesOf, decodeFloats, readExactly } from '../tensorTable.ts';
import { bytesOfStorage, dtypeOf } from './globals.ts';
import type { Storage, TorchTensor } from './pickleValues.ts';

/** What both formats of `torch.save` come down to. */
export interface TorchFile {
  format: 'torch-zip' | 'torch-legacy';
  tensors: Map<string, TorchTensor>;
  /** Where the bytes of a storage begin in the file; that they end within it has been checked. */
  positionOf(storage: Storage): number;
}

/** The values of a tensor in its own order, row-major, as float32. */
export async function readTorchTensor(
  file: FileHandle,
  source: TorchFile,
  tensor: TorchTensor,
  name: string,
): Promise<Float32Array<ArrayBuffer>> {
  const { storage, offset, size, stride } = tensor;
  const dtype = dtypeOf(storage);
  const start = source.positionOf(storage);
  const count = size.reduce((product, one) => product * one, 1);
  if (isContiguous(size, stride)) {
    const bytes = await readExactly(file, start + offset * bytesOf[dtype], count * bytesOf[dtype]);
    return decodeFloats(bytes, dtype, name);
  }
  const all = decodeFloats(await readExactly(file, start, bytesOfStorage(storage)), dtype, name);
  const values = new Float32Array(count);
  const place = size.map(() => 0);
  let from = offset;
  for (let index = 0; index < count; index += 1) {
    values[index] = all[from]!;
    for (let axis = size.length - 1; axis >= 0; axis -= 1) {
      place[axis]! += 1;
      from += stride[axis]!;
      if (place[axis]! < size[axis]!) break;
      from -= stride[axis]! * size[axis]!;
      place[axis] = 0;
    }
  }
  return values;
}

function isContiguous(size: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = size.length - 1; axis >= 0; axis -= 1) {
    if (size[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= size[axis]!;
  }
  return true;
}
