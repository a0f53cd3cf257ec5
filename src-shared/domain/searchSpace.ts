import type { SearchSpace } from '../contract/search.ts';
import { defaultLearningRate, defaultWeightDecay, type RunConfiguration } from '../contract/training.ts';

/**
 * What is worth varying when nobody says otherwise: the learning rate a factor of ten to either side of the usual one, the weight decay
 * a factor of thirty, schedule, batch, augmentation and label smoothing.
 */
export function defaultSearchSpace(base: Pick<RunConfiguration, 'optimiser' | 'weights' | 'batchSize'>): SearchSpace {
  const usual = defaultLearningRate(base.optimiser, base.weights !== null);
  const decay = defaultWeightDecay(base.optimiser);
  const round = (value: number) => Number(value.toPrecision(2));
  const smaller = Math.max(1, Math.floor(base.batchSize / 2));
  return {
    format: 'parenchyma-search-space',
    version: 1,
    parameters: {
      learningRate: { kind: 'logUniform', low: round(usual / 10), high: round(usual * 10), points: 5 },
      weightDecay: { kind: 'logUniform', low: round(decay / 30), high: round(decay * 30), points: 3 },
      schedule: { kind: 'choice', values: ['constant', 'cosine'] },
      batchSize: { kind: 'choice', values: [...new Set([smaller, base.batchSize])] },
      augmentationStrength: { kind: 'uniform', low: 0, high: 1.5, points: 3 },
      labelSmoothing: { kind: 'choice', values: [0, 0.1] },
    },
  };
}
