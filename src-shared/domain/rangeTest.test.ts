import { describe, expect, it } from 'vitest';
import { rangeHasEnded, rangeRate, smoothLosses, suggestRate } from './rangeTest.ts';

/** 100 points from 1e-7 to 1 whose loss follows from the rate. */
const pointsOf = (loss: (learningRate: number, step: number) => number) =>
  Array.from({ length: 100 }, (_unused, step) => {
    const learningRate = rangeRate(step, 100, { least: 1e-7, greatest: 1 });
    return { learningRate, loss: loss(learningRate, step) };
  });

describe('the rate that a range test suggests', () => {
  it('is a tenth of that with the lowest loss, to one digit', () => {
    const valley = pointsOf((rate) => 0.7 + 0.1 * Math.min(9, (Math.log10(rate) + 3) ** 2));
    expect(suggestRate(valley)).toEqual({
      suggestion: 0.0001,
      words: 'The smoothed loss was lowest at 0.0011; a tenth of that is suggested.',
    });
  });

  it('is none where the loss hardly falls', () => {
    expect(
      suggestRate(pointsOf((rate) => (rate < 0.01 ? 0.7 - 0.001 * Math.log10(rate / 1e-7) : 3))).suggestion,
    ).toBeNull();
    expect(suggestRate([])).toMatchObject({ suggestion: null, words: 'The loss was no number at any rate.' });
  });

  it('is not found in the noise of the first batches', () => {
    const noisyStart = pointsOf((_rate, step) => (step < 3 ? 0.9 : step === 6 ? 0.5 : 0.7));
    expect(suggestRate(noisyStart).suggestion).toBeNull();
  });

  it('heeds no step whose loss is no number', () => {
    const broken = pointsOf((rate) => (rate > 0.1 ? Number.NaN : rate > 1e-4 ? 0.4 : 0.7));
    expect(suggestRate(broken).suggestion).toBe(0.00001);
  });
});

it('losses are smoothed with the weight of the past corrected, so that the first counts as it is', () => {
  const [first, second] = smoothLosses([2, 1]);
  expect(first).toBeCloseTo(2, 12);
  expect(second).toBeCloseTo((0.9 * 0.2 + 0.1) / (1 - 0.81), 12);
});

it('the test ends when the smoothed loss is four times its lowest, or no number', () => {
  expect(rangeHasEnded([1, 1, 1])).toBe(false);
  expect(rangeHasEnded([1, 1, 40])).toBe(true);
  expect(rangeHasEnded([1, Number.NaN])).toBe(true);
});
