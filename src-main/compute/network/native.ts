import type { OpAttribute, TensorFlowBinding } from '../backends/binding.ts';

/** A tensor of TensorFlow's eager runtime: the binding's number for it. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
}

/** Calls ops by name and gives attributes their types; what the fused engine is written in. */
export interface NativeRuntime {
  run(name: string, attributes: OpAttribute[], inputs: NativeTensor[], outputs: number): NativeTensor[];
  upload(values: Float32Array | Int32Array, shape: number[]): NativeTensor;
  /** Waits for the tensor and copies it out. */
  download(tensor: NativeTensor): Float32Array;
  dispose(...tensors: (NativeTensor | null)[]): void;
  /** Runs `use` with a small tensor of whole numbers (a shape, axes) that is gone afterwards. */
  withIntegers<Result>(values: number[], use: (tensor: NativeTensor) => Result): Result;
  string(name: string, value: string | string[]): OpAttribute;
  integer(name: string, value: number | number[]): OpAttribute;
  float(name: string, value: number): OpAttribute;
  boolean(name: string, value: boolean): OpAttribute;
  type(name: string, value?: number | number[]): OpAttribute;
  shape(name: string, value: number[]): OpAttribute;
  binding: TensorFlowBinding;
}

export function nativeRuntime(binding: TensorFlowBinding): NativeRuntime {
  const upload = (values: Float32Array | Int32Array, shape: number[]): NativeTensor => ({
    id: binding.createTensor(shape, values instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32, values),
    shape,
  });
  const dispose = (...tensors: (NativeTensor | null)[]) =>
    tensors.forEach((tensor) => tensor && binding.deleteTensor(tensor.id));
  return {
    binding,
    run: (name, attributes, inputs, outputs) =>
      binding.executeOp(
        name,
        attributes,
        inputs.map((input) => input.id),
        outputs,
      ),
    upload,
    download(tensor) {
      const values = binding.tensorDataSync(tensor.id);
      if (!(values instanceof Float32Array)) throw new TypeError('Only float32 tensors are downloaded.');
      return values;
    },
    dispose,
    withIntegers(values, use) {
      const tensor = upload(Int32Array.from(values), [values.length]);
      try {
        return use(tensor);
      } finally {
        dispose(tensor);
      }
    },
    string: (name, value) => ({ name, type: binding.TF_ATTR_STRING, value }),
    integer: (name, value) => ({ name, type: binding.TF_ATTR_INT, value }),
    float: (name, value) => ({ name, type: binding.TF_ATTR_FLOAT, value }),
    boolean: (name, value) => ({ name, type: binding.TF_ATTR_BOOL, value }),
    type: (name, value = binding.TF_FLOAT) => ({ name, type: binding.TF_ATTR_TYPE, value }),
    shape: (name, value) => ({ name, type: binding.TF_ATTR_SHAPE, value }),
  };
}
