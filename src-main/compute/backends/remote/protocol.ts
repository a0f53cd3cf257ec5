/**
 * Operations that run in another thread or process: TF.js's WebGPU backend can only be read asynchronously, while the
 * training loop waits for its numbers. The caller sends a call and blocks until the answer is there.
 */

/** A tensor that lives at the other end. */
export class RemoteTensor {
  readonly id: number;
  readonly shape: number[];

  constructor(id: number, shape: number[]) {
    this.id = id;
    this.shape = shape;
  }
}

/** How what cannot be copied travels: tensors, and objects with functions (variables), by their number at the far end. */
export interface TensorReference {
  $tensor: number;
  shape: number[];
}
export interface ObjectReference {
  $object: number;
  shape: number[];
}

export interface Call {
  /** Object of an earlier answer; null for the operations themselves. */
  object: number | null;
  method: string;
  arguments: unknown[];
  /** False for calls whose answer nobody waits for. */
  wanted: boolean;
}

export type Answer = { value: unknown } | { error: string };

export function isTensorReference(value: unknown): value is TensorReference {
  return typeof value === 'object' && value !== null && '$tensor' in value;
}

export function isObjectReference(value: unknown): value is ObjectReference {
  return typeof value === 'object' && value !== null && '$object' in value;
}

/** Copies a value of plain arrays and objects, replacing what `replace` knows; typed arrays stay as they are. */
export function mapValue(value: unknown, replace: (value: unknown) => { by: unknown } | null): unknown {
  const replaced = replace(value);
  if (replaced !== null) return replaced.by;
  if (Array.isArray(value)) return value.map((one) => mapValue(one, replace));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapValue(one, replace)]));
}
