import type { RunConfiguration } from '../../../src-shared/contract/training.ts';
import type { ProductUpdate, Update } from './layers.ts';

export interface Optimiser<Tensor> {
  /** Called once before each training step, with the step's learning rate where it is not always the configuration's. */
  begin(learningRate?: number): void;
  /** How many steps were begun; a training that goes on sets it to what it was. */
  count: number;
  update: Update<Tensor>;
  updateByProduct: ProductUpdate<Tensor>;
}

type OptimiserConfiguration = Pick<RunConfiguration, 'optimiser' | 'learningRate' | 'weightDecay' | 'momentum'>;

export function createOptimiser<Tensor>(configuration: OptimiserConfiguration): Optimiser<Tensor> {
  const { weightDecay, momentum } = configuration;
  let { learningRate } = configuration;
  const common = {
    count: 0,
    begin(next = configuration.learningRate) {
      learningRate = next;
      this.count += 1;
    },
  };
  if (configuration.optimiser === 'sgd') {
    const step = () => ({ learningRate, weightDecay, momentum });
    return {
      ...common,
      update: (_name, variable, gradient) => variable.updateBySgd(gradient, step()),
      updateByProduct: (weights, input, slope) => weights.updateBySgd(input, slope, step()),
    };
  }
  const decoupled = configuration.optimiser === 'adamw';
  const adam: Optimiser<Tensor> = {
    ...common,
    update: (_name, variable, gradient) => variable.updateByAdam(gradient, step()),
    updateByProduct: (weights, input, slope) => weights.updateByAdam(input, slope, step()),
  };
  const step = () => ({ learningRate, weightDecay, decoupled, count: adam.count });
  return adam;
}
