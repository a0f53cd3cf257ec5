import { batchNormalisationEpsilon, batchNormalisationMomentum } from '../../../models/vgg.ts';
import type { Operations, ProductUpdates, TrainingConvolutions, Variable } from './operations.ts';

/** Applies a gradient to a variable and disposes of the gradient. */
export type Update<Tensor> = (name: string, variable: Variable<Tensor>, gradient: Tensor) => void;

/** The same for the gradient `inputᵀ · slope`, both of which stay the caller's. */
export type ProductUpdate<Tensor> = (weights: ProductUpdates<Tensor>, input: Tensor, slope: Tensor) => void;

/**
 * One step of the network that can be trained. `forward` returns the output and what `backward` needs beside input and
 * output. `backward` updates the layer's own weights and returns the gradient of its input, or null where none is wanted.
 * Inputs and incoming gradients stay the caller's.
 */
export interface TrainableLayer<Tensor> {
  forward(input: Tensor): { output: Tensor; saved: Tensor[] };
  backward(pass: BackwardPass<Tensor>): Tensor | null;
}

export interface BackwardPass<Tensor> {
  input: Tensor;
  output: Tensor;
  saved: Tensor[];
  gradient: Tensor;
  wantInput: boolean;
  update: Update<Tensor>;
  /** Null where every gradient is to be seen. */
  updateByProduct: ProductUpdate<Tensor> | null;
}

export interface ConvolutionVariables<Tensor> {
  name: string;
  filter: Variable<Tensor>;
  bias: Variable<Tensor>;
  normalisation: NormalisationVariables<Tensor> | null;
}

export interface NormalisationVariables<Tensor> {
  name: string;
  scale: Variable<Tensor>;
  offset: Variable<Tensor>;
  /** Running statistics are not trained; they are moved on by every training batch. */
  runningMean: Variable<Tensor>;
  runningVariance: Variable<Tensor>;
}

export interface DenseVariables<Tensor> {
  name: string;
  weights: Variable<Tensor>;
  bias: Variable<Tensor>;
}

/** Convolution, or convolution and ReLU where no normalisation stands between them. */
export function convolutionLayer<Tensor>(
  ops: Operations<Tensor>,
  convolutions: TrainingConvolutions<Tensor>,
  variables: ConvolutionVariables<Tensor>,
  relu: boolean,
): TrainableLayer<Tensor> {
  return {
    forward(input) {
      const filter = variables.filter.read();
      const bias = variables.bias.read();
      const output = convolutions.convolve(input, filter, bias, relu);
      ops.dispose(filter, bias);
      return { output, saved: [] };
    },
    backward({ input, output, gradient, wantInput, update }) {
      const slope = relu ? ops.reluGradient(gradient, output) : gradient;
      const filter = variables.filter.read();
      const gradients = convolutions.convolutionGradients(input, filter, slope, wantInput);
      ops.dispose(filter, relu ? slope : null);
      update(`${variables.name}.weight`, variables.filter, gradients.filter);
      update(`${variables.name}.bias`, variables.bias, gradients.bias);
      return gradients.input;
    },
  };
}

/** Batch normalisation and ReLU. */
export function normalisationLayer<Tensor>(
  ops: Operations<Tensor>,
  { name, scale, offset, runningMean, runningVariance }: NormalisationVariables<Tensor>,
): TrainableLayer<Tensor> {
  const epsilon = batchNormalisationEpsilon;
  return {
    forward(input) {
      const factors = [scale.read(), offset.read()] as const;
      const running = { mean: runningMean.read(), variance: runningVariance.read() };
      const result = ops.normalise(input, ...factors, running, { epsilon, momentum: batchNormalisationMomentum });
      ops.dispose(...factors, running.mean, running.variance);
      runningMean.assign(result.runningMean);
      runningVariance.assign(result.runningVariance);
      return { output: result.output, saved: result.saved };
    },
    backward({ input, output, saved, gradient, update }) {
      const slope = ops.reluGradient(gradient, output);
      const factor = scale.read();
      const gradients = ops.normalisationGradients(input, factor, slope, saved, epsilon);
      ops.dispose(factor, slope);
      update(`${name}.weight`, scale, gradients.scale);
      update(`${name}.bias`, offset, gradients.offset);
      return gradients.input;
    },
  };
}

export function maxPoolingLayer<Tensor>(ops: Operations<Tensor>): TrainableLayer<Tensor> {
  return {
    forward: (input) => ops.maxPool(input),
    backward: ({ input, output, saved, gradient, wantInput }) =>
      wantInput ? ops.maxPoolGradient(input, output, gradient, saved) : null,
  };
}

/** Brings `[batch, height, width, channels]` to `[batch, places · channels]` by the given averaging matrix, or as it is. */
export function averagingLayer<Tensor>(ops: Operations<Tensor>, matrix: Tensor | null): TrainableLayer<Tensor> {
  return {
    forward(input) {
      const [batch, height, width, channels] = ops.shape(input) as [number, number, number, number];
      if (matrix === null) return { output: ops.reshape(input, [batch, height * width * channels]), saved: [] };
      const places = ops.reshape(input, [batch, height * width, channels]);
      const mixed = ops.mixPlaces(matrix, places);
      const output = ops.reshape(mixed, [batch, ops.shape(matrix)[0]! * channels]);
      ops.dispose(places, mixed);
      return { output, saved: [] };
    },
    backward({ input, gradient, wantInput }) {
      if (!wantInput) return null;
      const shape = ops.shape(input);
      if (matrix === null) return ops.reshape(gradient, shape);
      const turned = ops.transpose(matrix, [1, 0]);
      const places = ops.reshape(gradient, [shape[0]!, ops.shape(matrix)[0]!, shape[3]!]);
      const spread = ops.mixPlaces(turned, places);
      const result = ops.reshape(spread, shape);
      ops.dispose(turned, places, spread);
      return result;
    },
  };
}

/** Dense layer, with ReLU except for the last; `takeMask` gives the dropout mask (0 or 1 / (1 − rate)) of this pass, or null. */
export function denseLayer<Tensor>(
  ops: Operations<Tensor>,
  variables: DenseVariables<Tensor>,
  relu: boolean,
  takeMask: () => Tensor | null,
): TrainableLayer<Tensor> {
  return {
    forward(input) {
      const weights = variables.weights.read();
      const bias = variables.bias.read();
      const activated = ops.dense(input, weights, bias, relu);
      ops.dispose(weights, bias);
      const mask = takeMask();
      if (mask === null) return { output: activated, saved: [] };
      const output = ops.multiply(activated, mask);
      ops.dispose(activated);
      return { output, saved: [mask] };
    },
    backward({ input, output, saved, gradient, wantInput, update, updateByProduct }) {
      const [mask] = saved;
      const unmasked = mask === undefined ? gradient : ops.multiply(gradient, mask);
      // Where the mask is 0 the gradient is 0 already, so the masked output serves the ReLU as well as the unmasked.
      const slope = relu ? ops.reluGradient(unmasked, output) : unmasked;
      const weights = variables.weights.read();
      const { byProduct } = variables.weights;
      let inputGradient: Tensor | null;
      if (byProduct !== undefined && updateByProduct !== null) {
        inputGradient = wantInput ? ops.denseInputGradient(weights, slope) : null;
        ops.dispose(weights);
        updateByProduct(byProduct, input, slope);
        update(`${variables.name}.bias`, variables.bias, byProduct.sumOfRows(slope));
      } else {
        const gradients = ops.denseGradients(input, weights, slope, wantInput);
        ops.dispose(weights);
        update(`${variables.name}.weight`, variables.weights, gradients.weights);
        update(`${variables.name}.bias`, variables.bias, gradients.bias);
        inputGradient = gradients.input;
      }
      ops.dispose(relu ? slope : null, mask === undefined ? null : unmasked);
      return inputGradient;
    },
  };
}
