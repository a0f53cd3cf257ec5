/**
 * The arithmetic that a network is made of, on tensors of one engine. Two engines implement it: composed TF.js operations
 * (every backend) and native fused operations (TensorFlow on the CPU with oneDNN). Both give the same numbers.
 *
 * Images are `[batch, height, width, channels]`, filters `[3, 3, inputs, outputs]`, dense weights `[inputs, outputs]`,
 * all float32. A tensor that an operation returns belongs to the caller, who disposes of it; inputs stay the caller's.
 */
export interface Operations<Tensor> extends TrainingConvolutions<Tensor> {
  readonly name: 'composed' | 'fused';

  upload(values: Float32Array, shape: number[]): Tensor;
  /** Waits for the tensor and copies it out. */
  download(tensor: Tensor): Float32Array;
  shape(tensor: Tensor): number[];
  dispose(...tensors: (Tensor | null)[]): void;
  /** How many tensors are alive, for tests that look for leaks. */
  liveTensors(): number;

  /** Shares the values; only the shape is new. */
  reshape(tensor: Tensor, shape: number[]): Tensor;
  transpose(tensor: Tensor, permutation: number[]): Tensor;
  /** `count` rows of the first axis from `start` on. */
  rows(tensor: Tensor, start: number, count: number): Tensor;
  /** Element by element; the second factor may be broadcast over leading axes. */
  multiply(first: Tensor, second: Tensor): Tensor;

  /** A convolution with a filter that stays, for many inputs; takes filter and bias over. */
  prepareConvolution(filter: Tensor, bias: Tensor, relu: boolean): PreparedConvolution<Tensor>;
  /** Training's convolutions with factors rounded to bfloat16 and sums in float32; absent where the device has no such products. */
  readonly mixedPrecision?: TrainingConvolutions<Tensor>;

  /** Batch normalisation by the batch's own statistics, then ReLU; also the running statistics moved on by `momentum`. */
  normalise(
    input: Tensor,
    scale: Tensor,
    offset: Tensor,
    running: { mean: Tensor; variance: Tensor },
    constants: { epsilon: number; momentum: number },
  ): { output: Tensor; runningMean: Tensor; runningVariance: Tensor; saved: Tensor[] };
  /** `gradient` is that before the ReLU, i.e. of the normalised values. */
  normalisationGradients(
    input: Tensor,
    scale: Tensor,
    gradient: Tensor,
    saved: Tensor[],
    epsilon: number,
  ): { input: Tensor; scale: Tensor; offset: Tensor };

  /** Passes the gradient where the ReLU's output is above 0. */
  reluGradient(gradient: Tensor, output: Tensor): Tensor;

  /** 2×2, stride 2. `saved` is what the gradient needs beside input and output. */
  maxPool(input: Tensor): { output: Tensor; saved: Tensor[] };
  /** The same where no gradient will be asked for. */
  maxPoolOnly(input: Tensor): Tensor;
  maxPoolGradient(input: Tensor, output: Tensor, gradient: Tensor, saved: Tensor[]): Tensor;

  /** Multiplies a matrix `[places out, places in]` with every `[places in, channels]` of `[batch, places in, channels]`. */
  mixPlaces(matrix: Tensor, input: Tensor): Tensor;

  /** Matrix product plus bias, then ReLU where asked. */
  dense(input: Tensor, weights: Tensor, bias: Tensor, relu: boolean): Tensor;
  denseGradients(
    input: Tensor,
    weights: Tensor,
    gradient: Tensor,
    wantInput: boolean,
  ): { input: Tensor | null; weights: Tensor; bias: Tensor };
  /** Only the input's gradient, for heat maps: `gradient · weightsᵀ`. */
  denseInputGradient(weights: Tensor, gradient: Tensor): Tensor;

  /** A weight that an optimiser changes in place. The variable takes the tensor over. */
  variable(initial: Tensor): Variable<Tensor>;
}

export interface TrainingConvolutions<Tensor> {
  /** 3×3, stride 1, zero padding 1, plus bias, then ReLU where asked. */
  convolve(input: Tensor, filter: Tensor, bias: Tensor, relu: boolean): Tensor;
  convolutionGradients(
    input: Tensor,
    filter: Tensor,
    gradient: Tensor,
    wantInput: boolean,
  ): { input: Tensor | null; filter: Tensor; bias: Tensor };
}

export interface PreparedConvolution<Tensor> {
  run(input: Tensor): Tensor;
  dispose(): void;
}

export interface Variable<Tensor> {
  readonly shape: number[];
  /** The present value; the caller disposes of it, before the next update. */
  read(): Tensor;
  assign(value: Tensor): void;
  /** Both updates take the gradient over. torch.optim.Adam and AdamW: bias-corrected moments, `epsilon` added after the square root. */
  updateByAdam(gradient: Tensor, step: AdamStep): void;
  /** torch.optim.SGD with momentum, no dampening, no Nesterov. */
  updateBySgd(gradient: Tensor, step: SgdStep): void;
  /** What the optimiser has gathered so far, in its order; empty before the first update. The caller disposes of each. */
  moments(): Tensor[];
  /** Puts value and moments back as they were; takes them over. */
  restore(value: Tensor, moments: readonly Tensor[]): void;
  /** Absent where the engine has no such operations. */
  readonly byProduct?: ProductUpdates<Tensor>;
  dispose(): void;
}

/**
 * The updates of a dense layer's weights `[rows, columns]` by the gradient `inputᵀ · slope`, which is never written out: weights and
 * moments are gone through once. `input` `[batch, rows]` and `slope` `[batch, columns]` stay the caller's.
 */
export interface ProductUpdates<Tensor> {
  updateByAdam(input: Tensor, slope: Tensor, step: AdamStep): void;
  updateBySgd(input: Tensor, slope: Tensor, step: SgdStep): void;
  /** `[columns]`: the gradient of the layer's bias. */
  sumOfRows(slope: Tensor): Tensor;
}

export interface AdamStep {
  learningRate: number;
  weightDecay: number;
  /** AdamW (Loshchilov & Hutter 2019): the weights shrink by `learningRate · weightDecay` before the step; otherwise the decay goes into the gradient. */
  decoupled: boolean;
  /** 1 at the first update. */
  count: number;
}

export interface SgdStep {
  learningRate: number;
  weightDecay: number;
  momentum: number;
}

/** torch.optim.Adam's defaults. */
export const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
