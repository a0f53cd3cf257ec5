import type { OpAttribute, TensorFlowBinding } from '../backends/binding.ts';
import type { Operations } from './operations.ts';
import { fusedVariable } from './fused-variable.ts';

/** A tensor of TensorFlow's eager runtime: the binding's number for it. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
}

/** Calls ops by name and gives attributes their types; what the fused engine is written in. */
export interface NativeRuntime {
  run(name: string, attributes: OpAttribute[], inputs: NativeTensor[], outputs: number): NativeTensor[];
  upload(values: Float32Array | Int32Array, shape: number[]): NativeTensor;
  dispose(...tensors: (NativeTensor | null)[]): void;
  string(name: string, value: string | string[]): OpAttribute;
  integer(name: string, value: number | number[]): OpAttribute;
  float(name: string, value: number): OpAttribute;
  boolean(name: string, value: boolean): OpAttribute;
  type(name: string, value?: number | number[]): OpAttribute;
  shape(name: string, value: number[]): OpAttribute;
  binding: TensorFlowBinding;
}

export function nativeRuntime(binding: TensorFlowBinding): NativeRuntime {
  return {
    binding,
    run: (name, attributes, inputs, outputs) =>
      binding.executeOp(
        name,
        attributes,
        inputs.map((input) => input.id),
        outputs,
      ),
    upload: (values, shape) => ({
      id: binding.createTensor(shape, values instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32, values),
      shape,
    }),
    dispose: (...tensors) => tensors.forEach((tensor) => tensor && binding.deleteTensor(tensor.id)),
    string: (name, value) => ({ name, type: binding.TF_ATTR_STRING, value }),
    integer: (name, value) => ({ name, type: binding.TF_ATTR_INT, value }),
    float: (name, value) => ({ name, type: binding.TF_ATTR_FLOAT, value }),
    boolean: (name, value) => ({ name, type: binding.TF_ATTR_BOOL, value }),
    type: (name, value = binding.TF_FLOAT) => ({ name, type: binding.TF_ATTR_TYPE, value }),
    shape: (name, value) => ({ name, type: binding.TF_ATTR_SHAPE, value }),
  };
}

/**
 * The operations as oneDNN's fused kernels, which exist in TensorFlow's CPU library only: convolution with bias and ReLU,
 * batch normalisation with ReLU, pooling that remembers its maxima, updates of weights in place. The names that begin with
 * `_MklNative` carry the attribute `_kernel`, by which TensorFlow finds the kernels that were made for renamed ops.
 */
export function fusedOperations(binding: TensorFlowBinding): Operations<NativeTensor> {
  const native = nativeRuntime(binding);
  const kernel = native.string('_kernel', 'MklNameChangeOp');
  const type = native.type('T');
  const layout = native.string('data_format', 'NHWC');
  const convolution = [
    type,
    layout,
    native.integer('strides', [1, 1, 1, 1]),
    native.string('padding', 'SAME'),
    native.integer('dilations', [1, 1, 1, 1]),
    kernel,
  ];
  const oneBias = [
    native.integer('num_args', 1),
    native.integer('num_host_args', 0),
    native.type('TArgs', [binding.TF_FLOAT]),
  ];
  const activation = (relu: boolean) => native.string('fused_ops', relu ? ['BiasAdd', 'Relu'] : ['BiasAdd']);
  const pooling = (workspace: boolean) => [
    type,
    layout,
    native.integer('ksize', [1, 2, 2, 1]),
    native.integer('strides', [1, 2, 2, 1]),
    native.string('padding', 'VALID'),
    native.boolean('workspace_enabled', workspace),
    kernel,
  ];
  const normalisation = (epsilon: number) => [
    type,
    native.type('U'),
    layout,
    native.float('epsilon', epsilon),
    native.boolean('is_training', true),
  ];
  const product = (transposeFirst: boolean, transposeSecond: boolean) => [
    type,
    native.boolean('transpose_a', transposeFirst),
    native.boolean('transpose_b', transposeSecond),
  ];
  const one = (name: string, attributes: OpAttribute[], inputs: NativeTensor[]) =>
    native.run(name, attributes, inputs, 1)[0]!;
  /** Runs with small integer inputs (shapes, axes) that are gone afterwards. */
  const withIntegers = <Result>(values: number[], use: (tensor: NativeTensor) => Result): Result => {
    const tensor = native.upload(Int32Array.from(values), [values.length]);
    try {
      return use(tensor);
    } finally {
      native.dispose(tensor);
    }
  };
  const sum = (tensor: NativeTensor, axes: number[]) =>
    withIntegers(axes, (axis) =>
      one('Sum', [type, native.type('Tidx', binding.TF_INT32), native.boolean('keep_dims', false)], [tensor, axis]),
    );

  return {
    name: 'fused',
    upload: (values, shape) => native.upload(values, shape),
    download(tensor) {
      const values = binding.tensorDataSync(tensor.id);
      if (!(values instanceof Float32Array)) throw new TypeError('Only float32 tensors are downloaded.');
      return values;
    },
    shape: (tensor) => tensor.shape,
    dispose: (...tensors) => native.dispose(...tensors),
    liveTensors: () => binding.getNumOfTensors(),
    reshape: (tensor, shape) =>
      withIntegers(shape, (sizes) => one('Reshape', [type, native.type('Tshape', binding.TF_INT32)], [tensor, sizes])),
    transpose: (tensor, permutation) =>
      withIntegers(permutation, (axes) =>
        one('Transpose', [type, native.type('Tperm', binding.TF_INT32)], [tensor, axes]),
      ),
    multiply: (first, second) => one('Mul', [type], [first, second]),
    convolve: (input, filter, bias, relu) =>
      one('_MklNativeFusedConv2D', [...convolution, ...oneBias, activation(relu)], [input, filter, bias]),
    convolutionGradients(input, filter, gradient, wantInput) {
      const [filterGradient, biasGradient] = withIntegers(filter.shape, (sizes) =>
        native.run('_MklNativeConv2DBackpropFilterWithBias', convolution, [input, sizes, gradient], 2),
      );
      const inputGradient = wantInput
        ? withIntegers(input.shape, (sizes) =>
            one('_MklNativeConv2DBackpropInput', convolution, [sizes, filter, gradient]),
          )
        : null;
      return { input: inputGradient, filter: filterGradient!, bias: biasGradient! };
    },
    normalise(input, scale, offset, running, { epsilon, momentum }) {
      const [output, runningMean, runningVariance, ...saved] = native.run(
        '_MklNativeFusedBatchNormEx',
        [
          ...normalisation(epsilon),
          native.float('exponential_avg_factor', momentum),
          native.integer('num_side_inputs', 0),
          native.string('activation_mode', 'Relu'),
          kernel,
        ],
        [input, scale, offset, running.mean, running.variance],
        6,
      );
      return { output: output!, runningMean: runningMean!, runningVariance: runningVariance!, saved };
    },
    normalisationGradients(input, scale, gradient, saved, epsilon) {
      const [inputGradient, scaleGradient, offsetGradient, ...unused] = native.run(
        '_MklNativeFusedBatchNormGradV3',
        [...normalisation(epsilon), kernel],
        [gradient, input, scale, ...saved],
        5,
      );
      native.dispose(...unused);
      return { input: inputGradient!, scale: scaleGradient!, offset: offsetGradient! };
    },
    reluGradient: (gradient, output) => one('ReluGrad', [type], [gradient, output]),
    maxPool(input) {
      const [output, ...saved] = native.run('_MklNativeMaxPool', pooling(true), [input], 2);
      return { output: output!, saved };
    },
    maxPoolOnly(input) {
      const [output, workspace] = native.run('_MklNativeMaxPool', pooling(true), [input], 2);
      native.dispose(workspace!);
      return output!;
    },
    maxPoolGradient: (input, output, gradient, saved) =>
      one('_MklNativeMaxPoolGrad', pooling(true), [input, output, gradient, ...saved]),
    mixPlaces(matrix, input) {
      const stacked = this.reshape(matrix, [1, ...matrix.shape]);
      const mixed = one(
        'BatchMatMulV2',
        [type, native.boolean('adj_x', false), native.boolean('adj_y', false)],
        [stacked, input],
      );
      native.dispose(stacked);
      return mixed;
    },
    dense: (input, weights, bias, relu) =>
      one(
        '_MklNativeFusedMatMul',
        [...product(false, false), native.integer('num_args', 1), activation(relu), kernel],
        [input, weights, bias],
      ),
    denseGradients: (input, weights, gradient, wantInput) => ({
      input: wantInput ? one('MatMul', product(false, true), [gradient, weights]) : null,
      weights: one('MatMul', product(true, false), [input, gradient]),
      bias: sum(gradient, [0]),
    }),
    denseInputGradient: (weights, gradient) => one('MatMul', product(false, true), [gradient, weights]),
    variable: (initial) => fusedVariable(native, initial),
  };
}
