/** AUC, DeLong's interval, variance and paired test, Youden's index and the ROC band against R's pROC (scripts/oracles/proc.R). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { youdenPlace } from '../../src-shared/domain/operatingPoint.ts';
import { generatedTable, storedTables } from '../../test/helpers/oracleTables.ts';
import { bandGrid, bootstrap } from './bootstrap.ts';
import { aucWithDelong } from './delong.ts';
import { pairedDelong } from './pairedDelong.ts';
import { countAtThresholds } from './thresholdCounts.ts';

const maybe = z.number().nullable();
const figures = z.object({ auc: z.number(), low: maybe, high: maybe, variance: maybe, youden: z.number() });
const numbers = z.array(z.number());
const fixture = z
  .object({
    pROC: z.string(),
    tables: z.array(z.object({ name: z.string(), expected: figures.nullable() })),
    own: z.array(z.object({ name: z.string(), labels: numbers, probabilities: numbers, expected: figures })),
    paired: z.array(
      z.object({
        name: z.string(),
        labels: numbers,
        first: numbers,
        second: numbers,
        expected: z.object({ difference: z.number(), z: z.number(), pValue: z.number(), covariance: z.number() }),
      }),
    ),
    band: z.object({ labels: numbers, probabilities: numbers, fpr: numbers, low: numbers, high: numbers }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../test/fixtures/evaluation/proc.json', import.meta.url), 'utf8')));

function expectClose(found: number | null, expected: number | null, what: string): void {
  if (expected === null) expect(found, what).toBeNull();
  else expect(Math.abs((found ?? NaN) - expected), `${what}: ${found} against ${expected}`).toBeLessThan(1e-9);
}

function expectFigures(
  table: { labels: Uint8Array; probabilities: Float64Array },
  expected: z.infer<typeof figures> | null,
): void {
  const { auc, variance } = aucWithDelong(table);
  if (expected === null) return expect(auc.value).toBeNull();
  expectClose(auc.value, expected.auc, 'AUC');
  expectClose(auc.low, expected.low, 'low');
  expectClose(auc.high, expected.high, 'high');
  expectClose(variance, expected.variance, 'variance');
  const counts = countAtThresholds(table);
  const best = youdenPlace(counts);
  const index = counts.truePositives[best]! / counts.positives - counts.falsePositives[best]! / counts.negatives;
  // pROC also offers the corners, where the index is 0.
  expectClose(Math.max(0, index), expected.youden, 'Youden’s index');
}

describe(`pROC ${fixture.pROC}`, () => {
  it.each(fixture.tables.map((one) => [one.name, one.expected] as const))('table: %s', (name, expected) => {
    expectFigures(generatedTable(storedTables.find((table) => table.name === name)!), expected);
  });

  it.each(fixture.own.map((one) => [one.name, one] as const))('own table: %s', (_name, one) => {
    const table = { labels: Uint8Array.from(one.labels), probabilities: Float64Array.from(one.probabilities) };
    expectFigures(table, one.expected);
  });

  it.each(fixture.paired.map((one) => [one.name, one] as const))('paired DeLong test: %s', (_name, one) => {
    const found = pairedDelong(
      Uint8Array.from(one.labels),
      Float64Array.from(one.first),
      Float64Array.from(one.second),
    );
    expectClose(found.difference, one.expected.difference, 'difference');
    expectClose(found.z, one.expected.z, 'z');
    expectClose(found.pValue, one.expected.pValue, 'p');
  });

  it('the band of the ROC curve agrees with a stratified bootstrap of 20,000 replicates within its noise', () => {
    const { labels, probabilities, fpr, low, high } = fixture.band;
    const { band } = bootstrap(
      { labels: Uint8Array.from(labels), probabilities: Float64Array.from(probabilities), patients: null },
      { unit: 'image', threshold: 0.5, replicates: 20_000, seed: 1, band: true },
    );
    fpr.forEach((rate, place) => {
      const point = band!.points[bandGrid.findIndex((one) => Math.abs(one - rate) < 1e-9)]!;
      expect(Math.abs(point.low - low[place]!), `low at ${rate}: ${point.low} ${low[place]}`).toBeLessThan(0.03);
      expect(Math.abs(point.high - high[place]!), `high at ${rate}: ${point.high} ${high[place]}`).toBeLessThan(0.03);
    });
  });
});
