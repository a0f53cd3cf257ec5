/** Intervals with patients as the unit against their definitions (scripts/oracles/clustered.py), to 1e-9. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { studentQuantile } from '../../src-shared/domain/specialFunctions.ts';
import { clusteredLogitIntervals } from './clusteredLogit.ts';

const bounds = z.tuple([z.number(), z.number()]).nullable();
const fixture = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        threshold: z.number(),
        labels: z.array(z.number()),
        probabilities: z.array(z.number()),
        patients: z.array(z.string()),
        expected: z.object({ auc: bounds, sensitivity: bounds, specificity: bounds, accuracy: bounds }),
      }),
    ),
    student: z.array(z.tuple([z.number(), z.number()])),
  })
  .parse(JSON.parse(readFileSync(new URL('../../test/fixtures/evaluation/clustered.json', import.meta.url), 'utf8')));

describe('intervals between patients on the logit scale', () => {
  it.each(fixture.cases)('$name', ({ labels, probabilities, patients, threshold, expected }) => {
    const table = { labels: Uint8Array.from(labels), probabilities: Float64Array.from(probabilities), patients };
    const found = clusteredLogitIntervals(table, threshold);
    for (const figure of ['auc', 'sensitivity', 'specificity', 'accuracy'] as const) {
      const wanted = expected[figure];
      if (wanted === null) expect(found[figure]).toEqual({ low: null, high: null });
      else {
        expect(found[figure].low).toBeCloseTo(wanted[0], 9);
        expect(found[figure].high).toBeCloseTo(wanted[1], 9);
      }
    }
  });

  it.each(fixture.student)('Student’s t with %i degrees of freedom', (degreesOfFreedom, quantile) => {
    expect(studentQuantile(0.975, degreesOfFreedom) / quantile).toBeCloseTo(1, 10);
  });
});
