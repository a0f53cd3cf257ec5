import { describe, expect, it } from 'vitest';
import { nextTick, ref } from 'vue';
import type { MetricsDocument } from '../../../src-shared/contract/metrics.ts';
import { useOperatingPoint } from './useOperatingPoint.ts';

/** Scores 0.9 +, 0.8 +, 0.7 −, 0.6 +, 0.4 −, 0.3 −. */
const document = (threshold: number) =>
  ({
    n: { images: 6, patients: null, positive: 3, negative: 3 },
    operatingPoint: { threshold, rule: 'youden', chosenOn: 'validation' },
    sensitivity: { method: 'wilson' },
    roc: [
      [null, 0, 0],
      [0.9, 0, 1 / 3],
      [0.8, 0, 2 / 3],
      [0.7, 1 / 3, 2 / 3],
      [0.6, 1 / 3, 1],
      [0.4, 2 / 3, 1],
      [0.3, 1, 1],
    ].map(([at, fpr, tpr]) => ({ threshold: at, fpr, tpr })),
  }) as unknown as MetricsDocument;

describe('an operating point moved by hand', () => {
  it('gives the figures that the threshold would have', () => {
    const moved = useOperatingPoint(ref(document(0.8)));
    expect(moved.isMoved.value).toBe(false);
    moved.moveTo(0.65);
    expect(moved.confusion.value).toEqual({ tp: 2, fp: 1, fn: 1, tn: 2 });
    expect(moved.point.value).toEqual([1 / 3, 2 / 3]);
    expect(moved.rule.value).toBe('manual');
    moved.moveTo(0.95);
    expect(moved.confusion.value).toEqual({ tp: 0, fp: 0, fn: 3, tn: 3 });
    expect(moved.figures.value[2]!.figure.value).toBeNull();
  });

  it('goes from point to point of the curve, and no further than its ends', () => {
    const moved = useOperatingPoint(ref(document(0.8)));
    expect(moved.place.value).toBe(1);
    moved.moveToPlace(3);
    expect(moved.threshold.value).toBe(0.6);
    moved.moveToPlace(99);
    expect(moved.threshold.value).toBe(0.3);
    moved.moveToPlace(-1);
    expect(moved.threshold.value).toBe(0.9);
  });

  it('goes to the point of a rule, which it then names, and back', async () => {
    const metrics = ref(document(0.5));
    const moved = useOperatingPoint(metrics);
    moved.moveByRule('youden');
    expect([moved.threshold.value, moved.rule.value]).toEqual([0.8, 'youden']);
    moved.moveByRule('sensitivity>=0.9');
    expect([moved.threshold.value, moved.rule.value]).toEqual([0.6, 'sensitivity>=0.9']);
    moved.reset();
    expect([moved.threshold.value, moved.isMoved.value]).toEqual([0.5, false]);
    metrics.value = document(0.7);
    await nextTick();
    expect(moved.threshold.value).toBe(0.7);
  });
});
