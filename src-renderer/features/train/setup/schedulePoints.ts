/** The learning rate of a configuration as points over its epochs. */
import type { RunConfiguration, Schedule } from '../../../../src-shared/contract/training.ts';
import { learningRateAt } from '../../../../src-shared/domain/schedule.ts';

/** What a schedule begins with when it is chosen. */
export const usualSchedules: { [Kind in Schedule['kind']]: Extract<Schedule, { kind: Kind }> } = {
  constant: { kind: 'constant' },
  step: { kind: 'step', everyEpochs: 5, factor: 0.3 },
  cosine: { kind: 'cosine', warmupEpochs: 1, finalShare: 0.01 },
  oneCycle: { kind: 'oneCycle', peakAt: 0.3 },
};

const mostPoints = 200;

/** Epochs begun (0 at the start) and the rate then; the last point is the last step's. Empty for numbers that are no run. */
export function schedulePoints(
  configuration: Pick<RunConfiguration, 'learningRate' | 'schedule' | 'scheduleEpochs' | 'epochs' | 'batchSize'>,
  trainingImages: number,
): [epoch: number, rate: number][] {
  const { epochs, batchSize } = configuration;
  if (!(epochs >= 1) || !(batchSize >= 1)) return [];
  const perEpoch = Math.max(1, Math.ceil(trainingImages / batchSize));
  const last = Math.round(epochs) * perEpoch - 1;
  const count = Math.min(mostPoints, last + 1);
  return Array.from({ length: count }, (_, place) => {
    const step = count === 1 ? 0 : Math.round((place * last) / (count - 1));
    return [step / perEpoch, learningRateAt(configuration, perEpoch, step)];
  });
}
