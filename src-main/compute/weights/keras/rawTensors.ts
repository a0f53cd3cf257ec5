import type { TensorFacts } from '../tensorTable.ts';

/** Tensors as a Keras or TF.js file has them: by their path in it, in TensorFlow's layout. */
export interface RawTensors {
  tensors: Map<string, TensorFacts>;
  /** Float32, row-major, in the file's own layout. */
  read(path: string): Promise<Float32Array<ArrayBuffer>>;
}
