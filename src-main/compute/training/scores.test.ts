import { describe, expect, it } from 'vitest';
import { Timing } from './progress.ts';
import { areaUnderCurve, score } from './scores.ts';
import { weighClasses } from './classWeights.ts';

describe('validation scores', () => {
  it('count ties in the area under the curve as one half', () => {
    expect(areaUnderCurve([0.1, 0.5, 0.5, 0.9], [false, false, true, true])).toBe(0.875);
    expect(areaUnderCurve([0.5, 0.5], [true, false])).toBe(0.5);
  });

  it('have no area where a class is absent', () => {
    expect(areaUnderCurve([0.1, 0.2], [true, true])).toBeNull();
  });

  it('agree with counting by hand', () => {
    const rows = [
      [0.9, 0.1],
      [0.4, 0.6],
      [0.5, 0.5],
      [0.2, 0.8],
    ];
    expect(score(rows, [0, 0, 1, 1], 1, 0.3)).toEqual({
      loss: 0.3,
      // The third row is a tie: the first class wins the accuracy, but 0.5 reaches the threshold of sensitivity.
      accuracy: 0.5,
      auc: 0.75,
      sensitivity: 1,
      specificity: 0.5,
    });
  });
});

describe('class weights', () => {
  const items = [0, 0, 0, 1].map((label, index) => ({ index, label, set: 'training' as const }));
  it('make up for unequal classes', () => expect(weighClasses(items, 2, 'balanced')).toEqual([4 / 6, 2]));
  it('are one when switched off', () => expect(weighClasses(items, 2, 'none')).toEqual([1, 1]));
});

describe('the estimate of the remaining time', () => {
  it('weighs training and validation images by what each took', () => {
    const timing = new Timing({ training: 20, validation: 10 });
    expect(timing.etaSeconds()).toBeNull();
    timing.add('training', 10, 5);
    expect(timing.etaSeconds()).toBeCloseTo(10 * 0.5 + 10 * (0.5 / 3));
    timing.add('validation', 5, 0.5);
    expect(timing.etaSeconds()).toBeCloseTo(10 * 0.5 + 5 * 0.1);
  });
});
