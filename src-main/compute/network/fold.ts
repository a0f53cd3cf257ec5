import type { ConvolutionVariables } from './layers.ts';
import type { Operations } from './operations.ts';

/**
 * Batch normalisation by running statistics is a factor and an offset per channel, which the convolution before it can
 * carry: filter · scale / √(variance + ε), and (bias − mean) · scale / √(variance + ε) + offset.
 */
export function foldNormalisation<Tensor>(
  ops: Operations<Tensor>,
  { filter, bias, normalisation }: ConvolutionVariables<Tensor>,
  epsilon: number,
): { filter: Tensor; bias: Tensor } {
  if (normalisation === null) return { filter: filter.read(), bias: bias.read() };
  const values = (variable: typeof bias): Float32Array => {
    const tensor = variable.read();
    const downloaded = ops.download(tensor);
    ops.dispose(tensor);
    return downloaded;
  };
  const [scale, offset, mean, variance, biases] = [
    normalisation.scale,
    normalisation.offset,
    normalisation.runningMean,
    normalisation.runningVariance,
    bias,
  ].map(values) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const factors = scale.map((one, channel) => one / Math.sqrt(variance[channel]! + epsilon));
  const folded = biases.map((one, channel) => (one - mean[channel]!) * factors[channel]! + offset[channel]!);
  const factorTensor = ops.upload(factors, [factors.length]);
  const unfolded = filter.read();
  const result = { filter: ops.multiply(unfolded, factorTensor), bias: ops.upload(folded, [folded.length]) };
  ops.dispose(factorTensor, unfolded);
  return result;
}
