import type { RunConfiguration } from '../../../src-shared/contract/training.ts';
import type { ProductUpdate, Update } from './layers.ts';

export interface Optimiser<Tensor> {
  /** Called once before each training step. */
  begin(): void;
  update: Update<Tensor>;
  updateByProduct: ProductUpdate<Tensor>;
}

type OptimiserConfiguration = Pick<RunConfiguration, 'optimiser' | 'learningRate' | 'weightDecay' | 'momentum'>;

export function createOptimiser<Tensor>(configuration: OptimiserConfiguration): Optimiser<Tensor> {
  const { learningRate, weightDecay, momentum } = configuration;
  let count = 0;
  const begin = () => (count += 1);
  if (configuration.optimiser === 'adam') {
    const step = () => ({ learningRate, weightDecay, count });
    return {
      begin,
      update: (_name, variable, gradient) => variable.updateByAdam(gradient, step()),
      updateByProduct: (weights, input, slope) => weights.updateByAdam(input, slope, step()),
    };
  }
  const step = { learningRate, weightDecay, momentum };
  return {
    begin,
    update: (_name, variable, gradient) => variable.updateBySgd(gradient, step),
    updateByProduct: (weights, input, slope) => weights.updateBySgd(input, slope, step),
  };
}
