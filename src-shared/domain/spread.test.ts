import { describe, expect, it } from 'vitest';
import { spreadOf } from './spread.ts';

describe('the spread of a figure over repeats', () => {
  it('is mean, range and sample deviation', () => {
    // numpy: np.mean, np.std(ddof=1) of [0.80, 0.85, 0.90, 0.79]
    const spread = spreadOf([0.8, 0.85, 0.9, 0.79])!;
    expect(spread).toMatchObject({ n: 4, low: 0.79, high: 0.9 });
    expect(spread.mean).toBeCloseTo(0.835, 12);
    expect(spread.deviation).toBeCloseTo(0.05066228051190222, 12);
  });
  it('leaves out runs without the figure', () => {
    expect(spreadOf([null, 0.5])).toEqual({ n: 1, mean: 0.5, low: 0.5, high: 0.5, deviation: null });
    expect(spreadOf([null])).toBeNull();
  });
});
