import type { ConvolutionVariables, DenseVariables } from './layers.ts';
import type { Variable } from './operations.ts';

/** What the network consists of, in order; each stage can be run for inference and, if it is not frozen, be trained. */
export type Stage<Tensor> =
  | { kind: 'convolution'; variables: ConvolutionVariables<Tensor> }
  | { kind: 'maxPooling' }
  | { kind: 'averaging'; matrix: Tensor | null }
  | { kind: 'dense'; variables: DenseVariables<Tensor>; relu: boolean };

/** A part of the network made ready to be run many times with its present weights. */
export interface PreparedStages<Tensor> {
  /** The input stays the caller's; the output is. */
  run(input: Tensor): Tensor;
  dispose(): void;
}

/** In the order of their tensors in a weights file. */
export function variablesOf<Tensor>(stage: Stage<Tensor>): Variable<Tensor>[] {
  if (stage.kind === 'dense') return [stage.variables.weights, stage.variables.bias];
  if (stage.kind !== 'convolution') return [];
  const { filter, bias, normalisation } = stage.variables;
  if (normalisation === null) return [filter, bias];
  const { scale, offset, runningMean, runningVariance } = normalisation;
  return [filter, bias, scale, offset, runningMean, runningVariance];
}
