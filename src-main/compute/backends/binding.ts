/** The Node-API addon of @tensorflow/tfjs-node-gpu, as far as it is used directly. */
export interface TensorFlowBinding {
  createTensor(shape: number[], type: number, values: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  /** Runs an op of TensorFlow's eager runtime; throws with TensorFlow's own message. */
  executeOp(
    name: string,
    attributes: OpAttribute[],
    inputs: number[],
    outputs: number,
  ): { id: number; shape: number[]; dtype: number }[];
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
  TF_Version: string;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_ATTR_STRING: number;
  TF_ATTR_INT: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_SHAPE: number;
}

export interface OpAttribute {
  name: string;
  type: number;
  value: string | string[] | number | number[] | boolean;
}

/** Loads the addon without the package's own index.js, which would look for a prebuilt library. */
export function loadBinding(path: string): TensorFlowBinding {
  const addon: { exports: unknown } = { exports: {} };
  process.dlopen(addon, path);
  const binding = addon.exports;
  if (!isBinding(binding)) throw new Error(`${path} is not the TensorFlow binding.`);
  return binding;
}

function isBinding(value: unknown): value is TensorFlowBinding {
  return typeof value === 'object' && value !== null && 'executeOp' in value && 'createTensor' in value;
}
