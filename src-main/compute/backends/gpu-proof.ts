import type { OpAttribute, TensorFlowBinding } from './binding.ts';

/** TensorFlow's number for float64, which the binding has no name for. */
const float64 = 2;

/**
 * Proves that operations execute on the GPU, which a listed device alone does not: runs a float64 convolution in the layout
 * `[batch, channels, height, width]`. TensorFlow's CPU library has no kernel for it (oneDNN knows no float64, the plain
 * kernel not this layout), so a result can only have come from the GPU and its cuDNN.
 *
 * @returns null where the GPU computed the right numbers, else in words what happened instead
 */
export function proveGpuExecution(binding: TensorFlowBinding): string | null {
  const tensors: number[] = [];
  const keep = (id: number): number => {
    tensors.push(id);
    return id;
  };
  const upload = (values: number[], shape: number[]) =>
    keep(binding.createTensor(shape, binding.TF_FLOAT, Float32Array.from(values)));
  const run = (name: string, attributes: OpAttribute[], inputs: number[]) =>
    keep(binding.executeOp(name, attributes, inputs, 1)[0]!.id);
  const type = (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_TYPE, value });
  const cast = (input: number, from: number, to: number) =>
    run(
      'Cast',
      [type('SrcT', from), type('DstT', to), { name: 'Truncate', type: binding.TF_ATTR_BOOL, value: false }],
      [input],
    );
  try {
    const input = cast(upload([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]), binding.TF_FLOAT, float64);
    const filter = cast(upload(Array<number>(9).fill(1), [3, 3, 1, 1]), binding.TF_FLOAT, float64);
    const output = run(
      'Conv2D',
      [
        type('T', float64),
        { name: 'strides', type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
        { name: 'dilations', type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
        { name: 'padding', type: binding.TF_ATTR_STRING, value: 'SAME' },
        { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NCHW' },
        { name: 'use_cudnn_on_gpu', type: binding.TF_ATTR_BOOL, value: true },
      ],
      [input, filter],
    );
    const values = [...binding.tensorDataSync(cast(output, float64, binding.TF_FLOAT))];
    const expected = [12, 21, 16, 27, 45, 33, 24, 39, 28];
    const right = values.length === expected.length && expected.every((value, index) => value === values[index]);
    return right ? null : `a convolution on it gave ${values.length === 0 ? 'nothing' : values.join(', ')}`;
  } catch (error) {
    return error instanceof Error ? error.message.trim().split('\n').slice(0, 2).join(' ') : String(error);
  } finally {
    tensors.forEach((id) => binding.deleteTensor(id));
  }
}
