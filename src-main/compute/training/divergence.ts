import { smallerRate } from '../../../src-shared/domain/smallerRate.ts';
import { JobFailure } from '../failure.ts';

/** Steps over which the loss is looked at; shorter excursions, which a large rate brings at the beginning, are left alone. */
const window = 20;
/** How many times the loss of guessing (the logarithm of the number of classes) the mean may reach: 14 for two classes. */
const limitInGuesses = 20;

/**
 * Watches the loss of the steps. Training ends when a loss is no number, or when the mean of the last twenty lies above twenty times
 * the loss of guessing: such weights are far from anything useful, and a smaller learning rate gets there sooner.
 */
export function createDivergenceWatch(classes: number, learningRate: number, lastLosses: readonly number[] = []) {
  const limit = limitInGuesses * Math.log(classes);
  const losses = [...lastLosses];
  return {
    /** A loss that is not watched over steps, as that of validation. */
    check(loss: number, epoch: number): void {
      if (!Number.isFinite(loss)) throw diverged(epoch, 'the loss is no longer a number', learningRate);
    },
    /** @param loss mean of one step */
    add(loss: number, epoch: number): void {
      this.check(loss, epoch);
      losses.push(loss);
      if (losses.length > window) losses.shift();
      const mean = losses.reduce((sum, one) => sum + one, 0) / losses.length;
      if (losses.length === window && mean > limit) {
        throw diverged(
          epoch,
          `the mean loss of the last ${window} steps is ${mean.toPrecision(3)}, more than ${limitInGuesses} times that of guessing`,
          learningRate,
        );
      }
    },
    /** Whether the present state is worth keeping: while the loss is above the limit, the one before is better. */
    healthy: () => (losses.at(-1) ?? 0) <= limit,
    lastLosses: (): number[] => [...losses],
  };
}
export type DivergenceWatch = ReturnType<typeof createDivergenceWatch>;

function diverged(epoch: number, what: string, learningRate: number): JobFailure {
  return new JobFailure(
    'DIVERGED',
    `The training diverged in epoch ${epoch}: ${what}. Start again with a learning rate of ${smallerRate(learningRate)} instead of ${learningRate}.`,
  );
}
