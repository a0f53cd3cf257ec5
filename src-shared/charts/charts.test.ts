import { describe, expect, it } from 'vitest';
import type { MetricsDocument } from '../contract/metrics.ts';
import { operatingPointOf, rocBand } from './rocChart.ts';
import { thinCurve } from './thin.ts';
import type { Point } from './thin.ts';

describe('thinning a curve', () => {
  it('keeps every corner and drops what lies on straight steps', () => {
    const steps: Point[] = [
      [0, 0],
      [0, 0.2],
      [0, 0.5],
      [0.3, 0.5],
      [0.6, 0.5],
      [0.6, 1],
      [1, 1],
    ];
    expect(thinCurve(steps)).toEqual([
      [0, 0],
      [0, 0.5],
      [0.6, 0.5],
      [0.6, 1],
      [1, 1],
    ]);
  });

  it('keeps both ends of a curve of 100,000 corners within the limit', () => {
    const curve = Array.from({ length: 100_000 }, (_unused, place): Point => [
      place / 99_999,
      Math.sqrt(place / 99_999),
    ]);
    const thin = thinCurve(curve, 500);
    expect(thin).toHaveLength(500);
    expect([thin[0], thin.at(-1)]).toEqual([curve[0], curve.at(-1)]);
  });
});

describe('the ROC chart', () => {
  const interval = { low: 0, high: 1, method: 'wilson' as const };
  const metrics = {
    n: { images: 20, patients: null, positive: 10, negative: 10 },
    sensitivity: { value: 0.8, ...interval },
    specificity: { value: 0.7, ...interval },
    roc: [
      { threshold: null, fpr: 0, tpr: 0 },
      { threshold: 0.7, fpr: 0.3, tpr: 0.8 },
      { threshold: 0.1, fpr: 1, tpr: 1 },
    ],
  } as MetricsDocument;

  it('puts the operating point at 1 − specificity and sensitivity', () => {
    expect(operatingPointOf(metrics)).toEqual([1 - 0.7, 0.8]);
  });

  it('has a band that holds the curve and closes', () => {
    const band = rocBand(metrics);
    expect(band).toHaveLength(6);
    expect(band[1]![0]).toBe(0.3);
    // Wilson interval of 8 of 10
    expect(band[1]![1]).toBeCloseTo(0.9433, 4);
    expect(band[4]![1]).toBeCloseTo(0.4902, 4);
  });
});
