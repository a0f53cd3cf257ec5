import type { RangePoint, RangeTestResult } from '../contract/rangeTest.ts';

/** Weight of the past in the smoothed loss. */
const smoothing = 0.9;
/** The test ends when the smoothed loss is this many times the lowest so far (Smith 2017 stops when accuracy falls; loss shows it sooner). */
const endAt = 4;
/** How much of the loss must have been unlearned before a rate is suggested. */
const leastFall = 0.02;
/** Until this part of the points the rate is too small to matter, and the mean still hangs on single batches. */
const partOfStart = 0.1;
/** The suggestion is this part of the rate at which the smoothed loss was lowest: there it is about to rise again. */
const partOfLowest = 10;

/** Exponentially weighted mean of the losses so far, corrected for its start at 0. */
export function smoothLosses(losses: readonly number[]): number[] {
  let mean = 0;
  return losses.map((loss, step) => {
    mean = smoothing * mean + (1 - smoothing) * loss;
    return mean / (1 - smoothing ** (step + 1));
  });
}

/** Rate of one step: from the least to the greatest by equal factors. */
export function rangeRate(
  step: number,
  steps: number,
  { least, greatest }: { least: number; greatest: number },
): number {
  return least * (greatest / least) ** (step / Math.max(1, steps - 1));
}

/** Whether larger rates need not be tried. */
export function rangeHasEnded(losses: readonly number[]): boolean {
  const smooth = smoothLosses(losses);
  const last = smooth.at(-1);
  return last !== undefined && (!Number.isFinite(last) || last > endAt * Math.min(...smooth));
}

/** A tenth of the rate at which the smoothed loss was lowest, to one significant digit; nothing where the loss hardly fell. */
export function suggestRate(points: readonly RangePoint[]): Pick<RangeTestResult, 'suggestion' | 'words'> {
  const finite = points.filter(({ loss }) => Number.isFinite(loss));
  const [start, ...after] = finite.slice(Math.floor(partOfStart * finite.length));
  if (start === undefined) return { suggestion: null, words: 'The loss was no number at any rate.' };
  const lowest = after.reduce((best, point) => (point.loss < best.loss ? point : best), start);
  if (lowest.loss > (1 - leastFall) * start.loss) {
    return {
      suggestion: null,
      words:
        'The loss fell at none of the rates, so that none can be suggested: look at data, labels and initial weights.',
    };
  }
  const suggestion = Number((lowest.learningRate / partOfLowest).toPrecision(1));
  return {
    suggestion,
    words: `The smoothed loss was lowest at ${Number(lowest.learningRate.toPrecision(2))}; a tenth of that is suggested.`,
  };
}
