import type { TensorFlowBinding } from '../backends/binding.ts';
import { fusedOperations } from './fused.ts';
import { nativeRuntime, type NativeTensor } from './native.ts';
import type { Operations, TrainingConvolutions } from './operations.ts';

/** TensorFlow's number for bfloat16, which the binding has no name for. */
const bfloat16 = 14;

/**
 * The operations as the kernels that TensorFlow's GPU library has: convolution with bias and ReLU in one (cuDNN), batch
 * normalisation in training in one, updates of weights where they lie. Everything that is named alike on processor and card
 * comes from `fused.ts`. The same kernels exist on the processor, slower, where tests hold them to the stored numbers.
 *
 * @param mixed convolutions of training in bfloat16 too, for cards that multiply it (compute capability 8.0 and newer); unlike
 *   float16 it has float32's range, so that no gradient is lost to 0 and no loss needs scaling
 */
export function graphicsOperations(binding: TensorFlowBinding, mixed: boolean): Operations<NativeTensor> {
  const native = nativeRuntime(binding);
  const layout = native.string('data_format', 'NHWC');
  const type = native.type('T');
  const one = (name: string, attributes: Parameters<typeof native.run>[1], inputs: NativeTensor[]) =>
    native.run(name, attributes, inputs, 1)[0]!;
  /** Passes a tensor on and lets go of it. */
  const consume = (tensor: NativeTensor, use: (tensor: NativeTensor) => NativeTensor): NativeTensor => {
    const result = use(tensor);
    native.dispose(tensor);
    return result;
  };
  const withBias = (tensor: NativeTensor, bias: NativeTensor) => one('BiasAdd', [type, layout], [tensor, bias]);
  const rectified = (tensor: NativeTensor) => one('Relu', [type], [tensor]);
  const window = [
    native.integer('strides', [1, 1, 1, 1]),
    native.string('padding', 'SAME'),
    native.integer('dilations', [1, 1, 1, 1]),
    layout,
  ];
  const oneBias = [
    native.integer('num_args', 1),
    native.integer('num_host_args', 0),
    native.type('TArgs', [binding.TF_FLOAT]),
  ];
  const pooling = [
    type,
    layout,
    native.integer('ksize', [1, 2, 2, 1]),
    native.integer('strides', [1, 2, 2, 1]),
    native.string('padding', 'VALID'),
  ];
  const normalisation = (epsilon: number) => [
    type,
    native.type('U'),
    layout,
    native.float('epsilon', epsilon),
    native.boolean('is_training', true),
  ];
  const cast = (tensor: NativeTensor, from: number, to: number) =>
    one('Cast', [native.type('SrcT', from), native.type('DstT', to), native.boolean('Truncate', false)], [tensor]);

  const float32: TrainingConvolutions<NativeTensor> = {
    convolve: (input, filter, bias, relu) =>
      relu
        ? one(
            '_FusedConv2D',
            [type, ...window, ...oneBias, native.string('fused_ops', ['BiasAdd', 'Relu'])],
            [input, filter, bias],
          )
        : // cuDNN's fused convolution always ends in an activation.
          consume(one('Conv2D', [type, ...window], [input, filter]), (convolved) => withBias(convolved, bias)),
    convolutionGradients: (input, filter, gradient, wantInput) => ({
      ...slopes(input, filter, gradient, wantInput, binding.TF_FLOAT),
      bias: one('BiasAddGrad', [type, layout], [gradient]),
    }),
  };

  function slopes(
    input: NativeTensor,
    filter: NativeTensor,
    gradient: NativeTensor,
    wantInput: boolean,
    number: number,
  ): { input: NativeTensor | null; filter: NativeTensor } {
    const attributes = [native.type('T', number), ...window];
    return {
      filter: native.withIntegers(filter.shape, (sizes) =>
        one('Conv2DBackpropFilter', attributes, [input, sizes, gradient]),
      ),
      input: wantInput
        ? native.withIntegers(input.shape, (sizes) => one('Conv2DBackpropInput', attributes, [sizes, filter, gradient]))
        : null,
    };
  }

  const short = (tensor: NativeTensor) => cast(tensor, binding.TF_FLOAT, bfloat16);
  const long = (tensor: NativeTensor) => consume(tensor, (one) => cast(one, bfloat16, binding.TF_FLOAT));

  const mixedPrecision: TrainingConvolutions<NativeTensor> = {
    convolve(input, filter, bias, relu) {
      const [image, weights] = [short(input), short(filter)];
      const convolved = long(one('Conv2D', [native.type('T', bfloat16), ...window], [image, weights]));
      native.dispose(image, weights);
      const biased = consume(convolved, (tensor) => withBias(tensor, bias));
      return relu ? consume(biased, rectified) : biased;
    },
    convolutionGradients(input, filter, gradient, wantInput) {
      const factors = [short(input), short(filter), short(gradient)] as const;
      const result = slopes(...factors, wantInput, bfloat16);
      native.dispose(...factors);
      return {
        input: result.input && long(result.input),
        filter: long(result.filter),
        bias: one('BiasAddGrad', [type, layout], [gradient]),
      };
    },
  };

  const { mixedPrecision: _ofProcessor, ...shared } = fusedOperations(binding);
  return {
    ...shared,
    ...float32,
    ...(mixed ? { mixedPrecision } : {}),
    prepareConvolution: (filter, bias, relu) => ({
      run: (input) => float32.convolve(input, filter, bias, relu),
      dispose: () => native.dispose(filter, bias),
    }),
    normalise(input, scale, offset, running, { epsilon, momentum }) {
      const [normal, runningMean, runningVariance, ...saved] = native.run(
        'FusedBatchNormV3',
        [...normalisation(epsilon), native.float('exponential_avg_factor', momentum)],
        [input, scale, offset, running.mean, running.variance],
        6,
      );
      return {
        output: consume(normal!, rectified),
        runningMean: runningMean!,
        runningVariance: runningVariance!,
        saved,
      };
    },
    normalisationGradients(input, scale, gradient, saved, epsilon) {
      const [inputGradient, scaleGradient, offsetGradient, ...unused] = native.run(
        'FusedBatchNormGradV3',
        normalisation(epsilon),
        [gradient, input, scale, ...saved],
        5,
      );
      native.dispose(...unused);
      return { input: inputGradient!, scale: scaleGradient!, offset: offsetGradient! };
    },
    maxPool: (input) => ({ output: one('MaxPool', pooling, [input]), saved: [] }),
    maxPoolOnly: (input) => one('MaxPool', pooling, [input]),
    maxPoolGradient: (input, output, gradient) => one('MaxPoolGrad', pooling, [input, output, gradient]),
    dense(input, weights, bias, relu) {
      const product = one(
        'MatMul',
        [type, native.boolean('transpose_a', false), native.boolean('transpose_b', false)],
        [input, weights],
      );
      const biased = consume(product, (tensor) => withBias(tensor, bias));
      return relu ? consume(biased, rectified) : biased;
    },
  };
}
