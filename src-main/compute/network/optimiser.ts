import type { RunConfiguration } from '../../../src-shared/contract/training.ts';
import type { Update } from './layers.ts';

export interface Optimiser<Tensor> {
  /** Called once before each training step. */
  begin(): void;
  update: Update<Tensor>;
}

type OptimiserConfiguration = Pick<RunConfiguration, 'optimiser' | 'learningRate' | 'weightDecay' | 'momentum'>;

export function createOptimiser<Tensor>(configuration: OptimiserConfiguration): Optimiser<Tensor> {
  const { learningRate, weightDecay, momentum } = configuration;
  let count = 0;
  return {
    begin: () => (count += 1),
    update:
      configuration.optimiser === 'adam'
        ? (_name, variable, gradient) => variable.updateByAdam(gradient, { learningRate, weightDecay, count })
        : (_name, variable, gradient) => variable.updateBySgd(gradient, { learningRate, weightDecay, momentum }),
  };
}
