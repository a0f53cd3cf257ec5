import { describe, expect, it } from 'vitest';
import { rangeHasEnded, rangeRate, smoothLosses, suggestRate } from '../../../src-shared/domain/rangeTest.ts';

const range = { least: 1e-7, greatest: 1 };
const steps = 100;

/** Losses of a made-up training that is best at 10⁻² and breaks down beyond. */
function curve(lossAt: (exponent: number) => number) {
  const rates = Array.from({ length: steps }, (_, step) => rangeRate(step, steps, range));
  const smooth = smoothLosses(rates.map((rate) => lossAt(Math.log10(rate))));
  return rates.map((learningRate, step) => ({ learningRate, loss: smooth[step]! }));
}

describe('the learning-rate range test', () => {
  it('goes from the least to the greatest rate by equal factors', () => {
    expect(rangeRate(0, steps, range)).toBe(1e-7);
    expect(rangeRate(steps - 1, steps, range)).toBeCloseTo(1, 12);
    expect(rangeRate(50, steps, range) / rangeRate(49, steps, range)).toBeCloseTo(10 ** (7 / 99), 9);
  });

  it('smooths without a bias towards 0 at the beginning', () => {
    expect(smoothLosses([3, 3, 3])).toEqual([3, 3, 3].map((value) => expect.closeTo(value, 12)));
    expect(smoothLosses([1, 2])[1]).toBeCloseTo((0.9 * 1 + 2) / 1.9, 12);
  });

  it('ends when the loss has exploded or is no number', () => {
    expect(rangeHasEnded([0.7, 0.6, 0.5])).toBe(false);
    expect(rangeHasEnded([0.5, 0.5, 20])).toBe(true);
    expect(rangeHasEnded([0.5, Number.NaN])).toBe(true);
    expect(rangeHasEnded([])).toBe(false);
  });

  it('suggests a tenth of the rate at which the smoothed loss was lowest', () => {
    const points = curve((exponent) =>
      exponent < -4 ? 0.7 : exponent < -2 ? 0.7 - 0.2 * (exponent + 4) : 0.3 + (exponent + 2) * 5,
    );
    const lowest = points.reduce((best, point) => (point.loss < best.loss ? point : best));
    const { suggestion } = suggestRate(points);
    expect(suggestion).toBe(Number((lowest.learningRate / 10).toPrecision(1)));
    expect(suggestion).toBeGreaterThanOrEqual(5e-4);
    expect(suggestion).toBeLessThanOrEqual(3e-3);
  });

  it('suggests nothing where the loss fell nowhere', () => {
    expect(suggestRate(curve(() => 0.7)).suggestion).toBeNull();
    expect(suggestRate([]).suggestion).toBeNull();
  });
});
