import { describe, expect, it } from 'vitest';
import type { MetricsDocument } from '../contract/metrics.ts';
import { bandWords, operatingPointOf, rocBand } from './rocChart.ts';
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
    rocBand: {
      method: 'bootstrap',
      unit: 'image',
      replicates: 2000,
      seed: 1,
      points: [
        { fpr: 0, low: 0, high: 0.4 },
        { fpr: 0.5, low: 0.6, high: 0.95 },
        { fpr: 1, low: 1, high: 1 },
      ],
    },
  } as unknown as MetricsDocument;

  it('puts the operating point at 1 − specificity and sensitivity', () => {
    expect(operatingPointOf(metrics)).toEqual([1 - 0.7, 0.8]);
  });

  it('has a band that goes out along its upper edge and back along its lower one', () => {
    expect(rocBand(metrics)).toEqual([
      [0, 0.4],
      [0.5, 0.95],
      [1, 1],
      [1, 1],
      [0.5, 0.6],
      [0, 0],
    ]);
    expect(rocBand({ ...metrics, rocBand: null })).toEqual([]);
    expect(bandWords(metrics)).toContain('bootstrap of images within each class, 2000 replicates');
  });
});
