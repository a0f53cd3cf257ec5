import type { FileHandle } from 'node:fs/promises';
import { limits } from './limits.ts';
import { damaged, tooLarge, unsupported } from './refusal.ts';

/** Numbers that weights files hold. Only the floating-point ones can be weights. */
export const bytesOf = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;
export type Dtype = keyof typeof bytesOf;
export const isFloat = (dtype: string): boolean => ['F64', 'F32', 'F16', 'BF16'].includes(dtype);

export interface TensorFacts {
  dtype: Dtype;
  /** As the file has it. */
  shape: number[];
}

/** Number of elements of a shape that came from outside; a shape beyond the limits is refused. */
export function countElements(shape: readonly number[], name: string): number {
  if (shape.length > 8) throw unsupported(`Tensor "${name}" has ${shape.length} axes.`);
  let count = 1;
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0) throw damaged(`Tensor "${name}" has an axis of length ${size}.`);
    count *= size;
    if (count > limits.elements) throw tooLarge(`Tensor "${name}" claims more than ${limits.elements} elements.`);
  }
  return count;
}

/** Little-endian numbers as float32. */
export function decodeFloats(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype, name: string): Float32Array<ArrayBuffer> {
  const count = bytes.byteLength / bytesOf[dtype];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (dtype) {
    case 'F32':
      return new Float32Array(
        bytes.byteOffset % 4 === 0 ? bytes.buffer : bytes.slice().buffer,
        bytes.byteOffset % 4 === 0 ? bytes.byteOffset : 0,
        count,
      );
    case 'F64': {
      const narrowed = new Float32Array(count);
      for (let index = 0; index < count; index += 1) narrowed[index] = view.getFloat64(index * 8, true);
      return narrowed;
    }
    case 'F16': {
      const widened = new Float32Array(count);
      halves ??= everyHalf();
      for (let index = 0; index < count; index += 1) widened[index] = halves[view.getUint16(index * 2, true)]!;
      return widened;
    }
    case 'BF16': {
      // bfloat16 is the upper half of a float32.
      const widened = new Uint32Array(count);
      for (let index = 0; index < count; index += 1) widened[index] = view.getUint16(index * 2, true) << 16;
      return new Float32Array(widened.buffer);
    }
    default:
      throw unsupported(`Tensor "${name}" holds ${dtype}, not floating-point numbers.`);
  }
}

/** The value of each of the 65536 half-precision numbers: looking it up takes a tenth of the time of working it out. */
let halves: Float32Array | null = null;

function everyHalf(): Float32Array {
  const bits = new DataView(new ArrayBuffer(2));
  return Float32Array.from({ length: 65536 }, (_unused, half) => {
    bits.setUint16(0, half);
    return bits.getFloat16(0);
  });
}

/** The buffer is its own allocation, so that a typed array may be laid over it. */
export async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const buffer = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, Math.min(length - done, 1 << 28), position + done);
    if (bytesRead === 0) throw damaged('The file ended early.');
    done += bytesRead;
  }
  return buffer;
}
