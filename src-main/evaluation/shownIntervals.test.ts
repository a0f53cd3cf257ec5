/** What a reader is shown of several intervals (src-shared/domain/shownIntervals.ts), on documents as they are computed. */
import { describe, expect, it } from 'vitest';
import { enoughOfClass, shownAuc, shownClustered, shownInterval } from '../../src-shared/domain/shownIntervals.ts';
import { drawStudy, studyGenerator } from '../../test/helpers/clusteredStudies.ts';
import { computeMetrics } from './computeMetrics.ts';

function document(patients: number, images: number[]) {
  const design = { patients, images, resemblance: 0.5, truth: 'moderate' } as const;
  const table = drawStudy(design, studyGenerator(3));
  return computeMetrics(table, {
    set: 'test',
    positiveClass: 'Positive',
    operatingPoint: { threshold: 0.5, rule: 'fixed', chosenOn: 'none' },
    replicates: 50,
    band: false,
  });
}

describe('the interval that is shown', () => {
  it('of an AUC of few images is the one on the logit scale, which the document holds', () => {
    const small = document(80, [1]);
    const shown = shownInterval(small, 'auc');
    expect(shown.method).toBe('delong-logit');
    expect(shown.low).toBeCloseTo(small.aucLogit!.low, 12);
    expect(shown.high).toBeCloseTo(small.aucLogit!.high, 12);
    expect(shown.value).toBe(small.auc.value);
    expect(small.warnings.join()).toContain('on the logit scale');
  });

  it('of an AUC of many images is DeLong’s, unless it lies near 1', () => {
    const auc = { value: 0.8, low: 0.75, high: 0.85, method: 'delong' } as const;
    expect(shownAuc(auc, enoughOfClass)).toBe(auc);
    expect(shownAuc(auc, enoughOfClass - 1).method).toBe('delong-logit');
    expect(shownAuc({ ...auc, value: 0.97, low: 0.93, high: 1 }, 5000).method).toBe('delong-logit');
  });

  it('of an AUC without variance, or without value, is left as it is', () => {
    const separated = { value: 1, low: 1, high: 1, method: 'delong' } as const;
    expect(shownAuc(separated, 4)).toBe(separated);
    const missing = { value: null, low: null, high: null, method: 'delong' } as const;
    expect(shownAuc(missing, 4)).toBe(missing);
  });

  it('where patients have several images is by patient: the bootstrap’s where they are many, else between patients', () => {
    const few = document(60, [1, 2, 3]);
    expect(shownInterval(few, 'sensitivity')).toEqual({
      value: few.sensitivity.value,
      ...few.clusteredLogit!.sensitivity,
      method: 'clustered-logit',
    });
    const many = document(2 * enoughOfClass, [2]);
    expect(shownInterval(many, 'sensitivity')).toEqual({
      value: many.sensitivity.value,
      ...many.clustered!.sensitivity,
      method: 'clustered-percentile',
    });
    expect(shownClustered(document(80, [1]), 'auc')).toBeNull();
  });
});
