import type { RunConfiguration } from '../contract/training.ts';
import { formatQuantity } from './format.ts';

/** Name of the optimiser as screens and reports say it. */
export function optimiserWords({ optimiser, momentum }: Pick<RunConfiguration, 'optimiser' | 'momentum'>): string {
  if (optimiser === 'sgd') return `SGD with momentum ${momentum}`;
  return optimiser === 'adamw' ? 'AdamW' : 'Adam';
}

/** The schedule in words, without the learning rate. */
export function scheduleWords({
  schedule,
  scheduleEpochs,
}: Pick<RunConfiguration, 'schedule' | 'scheduleEpochs'>): string {
  const span = scheduleEpochs === null ? '' : ` over ${scheduleEpochs} epochs`;
  switch (schedule.kind) {
    case 'constant':
      return 'constant';
    case 'step':
      return `multiplied by ${schedule.factor} every ${schedule.everyEpochs} epochs`;
    case 'cosine':
      return `cosine to ${percent(schedule.finalShare)} of it${schedule.warmupEpochs === 0 ? '' : ` after ${formatQuantity(schedule.warmupEpochs, 'epoch')} of warm-up`}${span}`;
    case 'oneCycle':
      return `one cycle with its peak at ${percent(schedule.peakAt)} of the training${span}`;
  }
}

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
