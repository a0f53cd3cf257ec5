/**
 * How often intervals with patients as the unit hold a known truth: the stored simulation (scripts/oracles/clustered_coverage.ts, 4,000
 * studies of each design), and a smaller one here that must agree with it.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clusteredCoverage } from '../../test/helpers/clusteredStudies.ts';

const shares = z.object({ auc: z.number(), sensitivity: z.number(), accuracy: z.number() });
const { seed, results } = z
  .object({
    seed: z.number(),
    results: z.array(
      z.object({
        design: z.object({
          patients: z.number(),
          images: z.array(z.number()),
          resemblance: z.number(),
          truth: z.enum(['moderate', 'high']),
        }),
        studies: z.number(),
        logit: shares,
        percentile: shares,
      }),
    ),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../test/fixtures/evaluation/clusteredCoverage.json', import.meta.url), 'utf8')),
  );

describe('coverage of the intervals between patients', () => {
  it('is 95 % ± 1.5 points from 50 patients on, where they have two images each and the AUC is not near 1', () => {
    const usual = results.filter(
      ({ design }) => design.patients >= 50 && design.truth === 'moderate' && design.images.length === 1,
    );
    expect(usual).toHaveLength(3);
    for (const { logit } of usual) {
      for (const share of Object.values(logit)) expect(Math.abs(share - 0.95)).toBeLessThan(0.015);
    }
  });

  it('is nearer to 95 % than that of the bootstrap in every design with fewer than 100 patients of a class', () => {
    for (const { design, logit, percentile } of results) {
      if (design.patients / 2 >= 100) continue;
      for (const figure of ['auc', 'sensitivity', 'accuracy'] as const) {
        expect(Math.abs(logit[figure] - 0.95)).toBeLessThan(Math.abs(percentile[figure] - 0.95) + 0.016);
        expect(logit[figure]).toBeGreaterThan(percentile[figure]);
      }
    }
  });

  it('of a new simulation is the stored one, but for chance', () => {
    const { design, logit } = results.find((one) => one.design.patients === 50)!;
    const studies = 1500;
    const again = clusteredCoverage(design, studies, 0, seed + 1).logit;
    for (const figure of ['auc', 'sensitivity', 'accuracy'] as const) {
      const error = Math.sqrt((0.95 * 0.05) / studies + (0.95 * 0.05) / 4000);
      expect(Math.abs(again[figure] - logit[figure])).toBeLessThan(4 * error);
    }
  });
});
