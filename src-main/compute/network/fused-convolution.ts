import type { NativeRuntime, NativeTensor } from './native.ts';
import type { Operations, PreparedConvolution, TrainingConvolutions } from './operations.ts';
import { winograd, type Winograd } from './winograd.ts';

type Convolutions = Pick<Operations<NativeTensor>, 'prepareConvolution' | 'mixedPrecision'> &
  TrainingConvolutions<NativeTensor>;

/** Convolutions by the binding's own kernels where they take them, and by oneDNN's where not: the first layer, few pixels. */
export function fusedConvolutions(native: NativeRuntime, kernels: Winograd | null): Convolutions {
  const roundingKernels = winograd(native, 'bfloat16');
  const direct = directConvolutions(native);
  const training = trainingConvolutions(native, kernels, direct);
  return {
    ...training,
    prepareConvolution(filter, bias, relu): PreparedConvolution<NativeTensor> {
      let transformed: NativeTensor | null = null;
      return {
        run(input) {
          if (!kernels?.takes(input.shape, filter.shape, true)) return direct.convolve(input, filter, bias, relu);
          if (kernels.takes(input.shape, filter.shape, false) && kernels.paysEachTime(input.shape)) {
            return training.convolve(input, filter, bias, relu);
          }
          transformed ??= kernels.transformFilter(filter, false);
          return kernels.convolve(input, transformed, bias, relu);
        },
        dispose: () => native.dispose(filter, bias, transformed),
      };
    },
    ...(roundingKernels === null ? {} : { mixedPrecision: trainingConvolutions(native, roundingKernels, direct) }),
  };
}

function trainingConvolutions(
  native: NativeRuntime,
  kernels: Winograd | null,
  direct: TrainingConvolutions<NativeTensor>,
): TrainingConvolutions<NativeTensor> {
  return {
    convolve(input, filter, bias, relu) {
      if (!kernels?.takes(input.shape, filter.shape, false)) return direct.convolve(input, filter, bias, relu);
      const transformed = kernels.transformFilter(filter, false);
      const output = kernels.convolve(input, transformed, bias, relu);
      native.dispose(transformed);
      return output;
    },
    convolutionGradients(input, filter, gradient, wantInput) {
      if (!kernels?.takes(input.shape, filter.shape, false)) {
        return direct.convolutionGradients(input, filter, gradient, wantInput);
      }
      const gradients = kernels.gradients(input, gradient);
      if (!wantInput) return { input: null, ...gradients };
      const turned = kernels.transformFilter(filter, true);
      const inputGradient = kernels.convolve(gradient, turned, null, false);
      native.dispose(turned);
      return { input: inputGradient, ...gradients };
    },
  };
}

/** oneDNN's kernels, found by the attribute `_kernel` under the names that TensorFlow gives them. */
function directConvolutions(native: NativeRuntime): TrainingConvolutions<NativeTensor> {
  const attributes = [
    native.type('T'),
    native.string('data_format', 'NHWC'),
    native.integer('strides', [1, 1, 1, 1]),
    native.string('padding', 'SAME'),
    native.integer('dilations', [1, 1, 1, 1]),
    native.string('_kernel', 'MklNameChangeOp'),
  ];
  const withBias = [
    ...attributes,
    native.integer('num_args', 1),
    native.integer('num_host_args', 0),
    native.type('TArgs', [native.binding.TF_FLOAT]),
  ];
  return {
    convolve(input, filter, bias, relu) {
      const fused = native.string('fused_ops', relu ? ['BiasAdd', 'Relu'] : ['BiasAdd']);
      return native.run('_MklNativeFusedConv2D', [...withBias, fused], [input, filter, bias], 1)[0]!;
    },
    convolutionGradients(input, filter, gradient, wantInput) {
      const [filterGradient, bias] = native.withIntegers(filter.shape, (sizes) =>
        native.run('_MklNativeConv2DBackpropFilterWithBias', attributes, [input, sizes, gradient], 2),
      );
      const inputGradient = wantInput
        ? native.withIntegers(
            input.shape,
            (sizes) => native.run('_MklNativeConv2DBackpropInput', attributes, [sizes, filter, gradient], 1)[0]!,
          )
        : null;
      return { input: inputGradient, filter: filterGradient!, bias: bias! };
    },
  };
}
