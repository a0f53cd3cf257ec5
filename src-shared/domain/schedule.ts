import type { RunConfiguration } from '../contract/training.ts';

/** torch.optim.lr_scheduler.OneCycleLR's defaults: the first rate is the peak's 25th part, the last the first one's 10,000th. */
const oneCycle = { firstPart: 1 / 25, lastPart: 1 / 25 / 1e4 };

/** Share of the rate with which a warm-up begins (LinearLR's start_factor). */
const warmupStart = 0.01;

/** A cosine that was followed to 0 would teach nothing in further epochs: they are trained with at least this share. */
const leastShareBeyond = 0.01;

type Scheduled = Pick<RunConfiguration, 'learningRate' | 'schedule' | 'scheduleEpochs' | 'epochs'>;

/**
 * Learning rate of one training step, as torch's StepLR (once an epoch), LinearLR followed by CosineAnnealingLR, and OneCycleLR
 * (without its cycle of the momentum) give it. What comes after the epochs that the schedule spans is in `beyondSchedule`.
 *
 * @param step counted from 0 over all epochs
 */
export function learningRateAt(configuration: Scheduled, stepsPerEpoch: number, step: number): number {
  const { learningRate, schedule } = configuration;
  const total = (configuration.scheduleEpochs ?? configuration.epochs) * stepsPerEpoch;
  switch (schedule.kind) {
    case 'constant':
      return learningRate;
    case 'step':
      return learningRate * schedule.factor ** Math.floor(Math.floor(step / stepsPerEpoch) / schedule.everyEpochs);
    case 'cosine': {
      if (step >= total) return learningRate * beyondCosine(schedule.finalShare);
      const warmup = Math.min(schedule.warmupEpochs * stepsPerEpoch, total);
      if (step < warmup) return learningRate * (warmupStart + ((1 - warmupStart) * step) / warmup);
      return between(learningRate, learningRate * schedule.finalShare, (step - warmup) / (total - warmup));
    }
    case 'oneCycle': {
      const first = learningRate * oneCycle.firstPart;
      if (step >= total) return first;
      // Of a training of very few steps the first is the peak.
      const peak = Math.max(0, schedule.peakAt * total - 1);
      if (step <= peak && peak > 0) return between(first, learningRate, step / peak);
      return between(learningRate, learningRate * oneCycle.lastPart, (step - peak) / Math.max(1, total - 1 - peak));
    }
  }
}

const beyondCosine = (finalShare: number) => Math.max(finalShare, leastShareBeyond);

/** Along half a cosine. */
function between(start: number, end: number, share: number): number {
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * share));
}

/** In words: with which rate epochs beyond the schedule's span are trained. */
export function beyondSchedule({ learningRate, schedule }: Pick<Scheduled, 'learningRate' | 'schedule'>): string {
  switch (schedule.kind) {
    case 'constant':
      return `The learning rate stays ${rate(learningRate)}.`;
    case 'step':
      return `The steps go on: the learning rate is multiplied by ${schedule.factor} every ${schedule.everyEpochs} epochs.`;
    case 'cosine':
      return `The cosine has ended and does not begin again: further epochs are trained with ${rate(learningRate * beyondCosine(schedule.finalShare))}.`;
    case 'oneCycle':
      return `The cycle has ended and does not begin again: further epochs are trained with its first rate, ${rate(learningRate * oneCycle.firstPart)}.`;
  }
}

const rate = (value: number) => String(Number(value.toPrecision(3)));
