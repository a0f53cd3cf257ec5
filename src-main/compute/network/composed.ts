import type * as tfCore from '@tensorflow/tfjs-core';
import { wasmGradients } from '../backends/wasm-kernels.ts';
import { adamConstants, type AdamStep, type Operations, type SgdStep, type Variable } from './operations.ts';
import type { TensorFlowJs } from './tensorflowjs.ts';

type Tensor = tfCore.Tensor;

const convolution = { strides: [1, 1] as [number, number], pad: 'same' as const, dataFormat: 'NHWC' as const };
const pooling = { filterSize: [2, 2] as [number, number], strides: [2, 2] as [number, number], pad: 'valid' as const };

/** The operations out of TF.js's own kernels: runs on every backend, and is the reference for the fused engine. */
export function composedOperations(tf: TensorFlowJs): Operations<Tensor> {
  const kernels = kernelRunner(tf);
  const convolve = (x: Tensor, filter: Tensor, bias: Tensor, relu: boolean): Tensor =>
    tf.tidy(() =>
      tf.fused.conv2d({
        x: x as tfCore.Tensor4D,
        filter: filter as tfCore.Tensor4D,
        strides: 1,
        pad: 'same',
        bias: bias as tfCore.Tensor1D,
        activation: relu ? 'relu' : 'linear',
      }),
    );
  return {
    name: 'composed',
    upload: (values, shape) => tf.tensor(values, shape, 'float32'),
    download: (tensor) => Float32Array.from(tensor.dataSync()),
    shape: (tensor) => tensor.shape,
    dispose: (...tensors) => tensors.forEach((tensor) => tensor?.dispose()),
    liveTensors: () => tf.memory().numTensors,
    reshape: (tensor, shape) => tf.reshape(tensor, shape),
    transpose: (tensor, permutation) => tf.transpose(tensor, permutation),
    rows: (tensor, start, count) => tf.slice(tensor, [start], [count]),
    multiply: (first, second) => tf.mul(first, second),
    convolve,
    prepareConvolution: (filter, bias, relu) => ({
      run: (input) => convolve(input, filter, bias, relu),
      dispose: () => tf.dispose([filter, bias]),
    }),
    convolutionGradients: (input, filter, gradient, wantInput) => ({
      input: wantInput ? kernels.convolutionInputGradient(filter, gradient, input.shape) : null,
      filter: kernels.convolutionFilterGradient(input, gradient, filter.shape),
      bias: tf.sum(gradient, [0, 1, 2]),
    }),
    normalise: (input, scale, offset, running, { epsilon, momentum }) => {
      const [output, runningMean, runningVariance, mean, deviation] = tf.tidy(() => {
        const mean = tf.mean(input, [0, 1, 2]);
        const centred = tf.sub(input, mean);
        const variance = tf.mean(tf.square(centred), [0, 1, 2]);
        const deviation = tf.sqrt(tf.add(variance, epsilon));
        const output = tf.relu(tf.add(tf.mul(centred, tf.div(scale, deviation)), offset));
        const count = input.size / scale.size;
        const unbiased = tf.mul(variance, count / Math.max(1, count - 1));
        const move = (old: Tensor, now: Tensor) => tf.add(tf.mul(old, 1 - momentum), tf.mul(now, momentum));
        return [output, move(running.mean, mean), move(running.variance, unbiased), mean, deviation];
      });
      return {
        output: output!,
        runningMean: runningMean!,
        runningVariance: runningVariance!,
        saved: [mean!, deviation!],
      };
    },
    // Ioffe & Szegedy 2015, section 3, gathered so that the large tensor is gone through as few times as possible.
    normalisationGradients: (input, scale, gradient, saved) => {
      const [mean, deviation] = saved as [Tensor, Tensor];
      const [inputGradient, scaleGradient, offsetGradient] = tf.tidy(() => {
        const standardised = tf.div(tf.sub(input, mean), deviation);
        const scaleGradient = tf.sum(tf.mul(gradient, standardised), [0, 1, 2]);
        const offsetGradient = tf.sum(gradient, [0, 1, 2]);
        const count = input.size / scale.size;
        const common = tf.add(tf.mul(standardised, tf.div(scaleGradient, count)), tf.div(offsetGradient, count));
        return [tf.mul(tf.sub(gradient, common), tf.div(scale, deviation)), scaleGradient, offsetGradient];
      });
      return { input: inputGradient!, scale: scaleGradient!, offset: offsetGradient! };
    },
    reluGradient: (gradient, output) => tf.tidy(() => tf.mul(gradient, tf.step(output))),
    maxPool: (input) => ({ output: tf.maxPool(input as tfCore.Tensor4D, 2, 2, 'valid'), saved: [] }),
    maxPoolOnly: (input) => tf.maxPool(input as tfCore.Tensor4D, 2, 2, 'valid'),
    maxPoolGradient: (input, output, dy) => kernels.run('MaxPoolGrad', { dy, input, output }, pooling),
    mixPlaces: (matrix, input) => tf.tidy(() => tf.matMul(tf.expandDims(matrix, 0), input)),
    dense: (input, weights, bias, relu) =>
      tf.tidy(() => tf.fused.matMul({ a: input, b: weights, bias, activation: relu ? 'relu' : 'linear' })),
    denseGradients: (input, weights, gradient, wantInput) => ({
      input: wantInput ? kernels.productByTransposed(gradient, weights) : null,
      weights: kernels.productOfTransposed(input, gradient),
      bias: tf.sum(gradient, 0),
    }),
    denseInputGradient: (weights, gradient) => tf.matMul(gradient, weights, false, true),
    variable: (initial) => composedVariable(tf, initial),
  };
}

/** The gradient kernels have no public functions in TF.js; the WebAssembly backend has its own for those it lacks or is slow at. */
function kernelRunner(tf: TensorFlowJs) {
  const run = (name: string, inputs: tfCore.NamedTensorMap, attributes: tfCore.NamedAttrMap): Tensor =>
    tf.engine().runKernel(name, inputs, attributes);
  if (tf.getBackend() === 'wasm') {
    const { filter, input, ...products } = wasmGradients(tf);
    return { run, convolutionFilterGradient: filter, convolutionInputGradient: input, ...products };
  }
  return {
    run,
    convolutionInputGradient: (filter: Tensor, dy: Tensor, inputShape: number[]): Tensor =>
      run('Conv2DBackpropInput', { dy, filter }, { ...convolution, inputShape }),
    convolutionFilterGradient: (x: Tensor, dy: Tensor, filterShape: number[]): Tensor =>
      run('Conv2DBackpropFilter', { x, dy }, { ...convolution, filterShape }),
    productOfTransposed: (first: Tensor, second: Tensor): Tensor => tf.matMul(first, second, true, false),
    productByTransposed: (first: Tensor, second: Tensor): Tensor => tf.matMul(first, second, false, true),
  };
}

function composedVariable(tf: TensorFlowJs, initial: Tensor): Variable<Tensor> {
  let value = tf.keep(initial);
  let first: Tensor | undefined;
  let second: Tensor | undefined;

  function replace(next: { value: Tensor; first: Tensor; second?: Tensor }): void {
    tf.dispose([value, first, second].filter((tensor) => tensor !== undefined));
    value = next.value;
    first = next.first;
    second = next.second;
  }

  return {
    shape: initial.shape,
    read: () => value.clone(),
    assign(next) {
      value.dispose();
      value = next;
    },
    updateByAdam(gradient, { learningRate, weightDecay, decoupled, count }: AdamStep) {
      const { beta1, beta2, epsilon } = adamConstants;
      replace(
        tf.tidy(() => {
          const slope = weightDecay === 0 || decoupled ? gradient : tf.add(gradient, tf.mul(value, weightDecay));
          const start = decoupled ? tf.mul(value, 1 - learningRate * weightDecay) : value;
          const mean = tf.add(tf.mul(first ?? tf.zerosLike(value), beta1), tf.mul(slope, 1 - beta1));
          const square = tf.add(tf.mul(second ?? tf.zerosLike(value), beta2), tf.mul(tf.square(slope), 1 - beta2));
          const deviation = tf.add(tf.div(tf.sqrt(square), Math.sqrt(1 - beta2 ** count)), epsilon);
          const change = tf.mul(tf.div(mean, deviation), learningRate / (1 - beta1 ** count));
          return { value: tf.sub(start, change), first: mean, second: square };
        }),
      );
      gradient.dispose();
    },
    updateBySgd(gradient, { learningRate, weightDecay, momentum }: SgdStep) {
      replace(
        tf.tidy(() => {
          const slope = weightDecay === 0 ? gradient.clone() : tf.add(gradient, tf.mul(value, weightDecay));
          const moving = first === undefined ? slope : tf.add(tf.mul(first, momentum), slope);
          return { value: tf.sub(value, tf.mul(moving, learningRate)), first: moving };
        }),
      );
      gradient.dispose();
    },
    moments: () => [first, second].filter((moment) => moment !== undefined).map((moment) => moment.clone()),
    restore(next, [one, other]) {
      tf.dispose([value, first, second].filter((tensor) => tensor !== undefined));
      value = next;
      first = one;
      second = other;
    },
    dispose() {
      tf.dispose([value, first, second].filter((tensor) => tensor !== undefined));
      first = undefined;
      second = undefined;
    },
  };
}
