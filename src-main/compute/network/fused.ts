import type { OpAttribute, TensorFlowBinding } from '../backends/binding.ts';
import { fusedConvolutions } from './fused-convolution.ts';
import { fusedVariable } from './fused-variable.ts';
import { nativeRuntime, type NativeTensor } from './native.ts';
import type { Operations } from './operations.ts';
import { winograd } from './winograd.ts';

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
  const { withIntegers } = native;
  const kernels = winograd(native, 'float32');
  const sum = (tensor: NativeTensor, axes: number[]) =>
    withIntegers(axes, (axis) =>
      one('Sum', [type, native.type('Tidx', binding.TF_INT32), native.boolean('keep_dims', false)], [tensor, axis]),
    );

  return {
    name: 'fused',
    upload: (values, shape) => native.upload(values, shape),
    download: (tensor) => native.download(tensor),
    shape: (tensor) => tensor.shape,
    dispose: (...tensors) => native.dispose(...tensors),
    liveTensors: () => binding.getNumOfTensors(),
    reshape: (tensor, shape) =>
      withIntegers(shape, (sizes) => one('Reshape', [type, native.type('Tshape', binding.TF_INT32)], [tensor, sizes])),
    transpose: (tensor, permutation) =>
      withIntegers(permutation, (axes) =>
        one('Transpose', [type, native.type('Tperm', binding.TF_INT32)], [tensor, axes]),
      ),
    rows: (tensor, start, count) => {
      const others = tensor.shape.slice(1);
      return withIntegers([start, ...others.map(() => 0)], (begin) =>
        withIntegers([count, ...others], (size) =>
          one('Slice', [type, native.type('Index', binding.TF_INT32)], [tensor, begin, size]),
        ),
      );
    },
    multiply: (first, second) => one('Mul', [type], [first, second]),
    ...fusedConvolutions(native, kernels),
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
    variable: (initial) => fusedVariable(native, initial, kernels !== null),
  };
}
