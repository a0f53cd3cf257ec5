/** Every figure against scikit-learn, SciPy, statsmodels or the definition (scripts/oracles/metrics.py), to 1e-9. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { metricsDocumentSchema } from '../../src-shared/contract/metrics.ts';
import { generatedTable } from '../../test/helpers/oracleTables.ts';
import { computeMetrics } from './computeMetrics.ts';
import { confusionAt } from './confusion.ts';
import { holm } from './holm.ts';
import { cohenKappa } from './kappa.ts';
import { mcnemarExact } from './mcnemar.ts';
import { logitInterval } from './delong.ts';
import { multiclassMetrics } from './multiclass.ts';
import { chooseThreshold } from './operatingPoint.ts';
import { pairedDelong } from './pairedDelong.ts';
import { normalTwoSided } from '../../src-shared/domain/specialFunctions.ts';

const maybe = z.number().nullable();
const interval = z.object({ value: maybe, low: maybe, high: maybe });
const proportion = z.object({ wilson: interval, exact: interval });
const fixtureSchema = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      threshold: z.number(),
      labels: z.array(z.number()).optional(),
      probabilities: z.array(z.number()).optional(),
      formula: z.object({ n: z.number(), seed: z.number(), prevalence: z.number(), steps: z.number() }).optional(),
      expected: z.object({
        confusion: z.object({ tp: z.number(), fp: z.number(), fn: z.number(), tn: z.number() }),
        sensitivity: proportion,
        specificity: proportion,
        ppv: proportion,
        npv: proportion,
        accuracy: proportion,
        f1: maybe,
        mcc: maybe,
        averagePrecision: maybe,
        brier: z.number(),
        auc: interval,
        ece: z.number(),
        calibration: z.object({ slope: maybe, intercept: maybe }),
        youden: maybe,
        rocPoints: z.number().optional(),
        roc: z.array(z.tuple([maybe, z.number(), z.number()])).optional(),
        pr: z.array(z.tuple([z.number(), z.number(), z.number()])).optional(),
      }),
    }),
  ),
  paired: z.array(
    z.object({
      name: z.string(),
      threshold: z.number(),
      labels: z.array(z.number()),
      first: z.array(z.number()),
      second: z.array(z.number()),
      expected: z.object({
        difference: z.number(),
        low: z.number(),
        high: z.number(),
        z: z.number(),
        pValue: z.number(),
        mcnemar: z.object({ table: z.array(z.array(z.number())), pValue: z.number() }),
      }),
    }),
  ),
  holm: z.array(z.object({ pValues: z.array(z.number()), expected: z.array(z.number()) })),
  kappa: z.array(
    z.object({ categories: z.number(), first: z.array(z.number()), second: z.array(z.number()), expected: interval }),
  ),
  multiclass: z.object({
    labels: z.array(z.number()),
    probabilities: z.array(z.array(z.number())),
    expected: z.object({
      confusion: z.array(z.array(z.number())),
      accuracy: z.number(),
      auc: z.array(z.number()),
      macroAuc: z.number(),
      macroF1: z.number(),
      macroSensitivity: z.number(),
    }),
  }),
  mcnemar: z.array(z.object({ b: z.number(), c: z.number(), pValue: z.number() })),
  normal: z.array(z.object({ z: z.number(), pValue: z.number() })),
});
const fixtureFile = new URL('../../test/fixtures/evaluation/metrics.json', import.meta.url);
const fixture = fixtureSchema.parse(JSON.parse(readFileSync(fixtureFile, 'utf8')));
function expectClose(found: number | null | undefined, expected: number | null, what: string): void {
  if (expected === null) expect(found, what).toBeNull();
  else expect(Math.abs((found ?? NaN) - expected), `${what}: ${found} against ${expected}`).toBeLessThan(1e-9);
}

function expectInterval(found: z.infer<typeof interval>, expected: z.infer<typeof interval>, what: string): void {
  for (const part of ['value', 'low', 'high'] as const) expectClose(found[part], expected[part], `${what}.${part}`);
}

describe('the metrics document equals the oracles', () => {
  it.each(fixture.tables.map((table) => [table.name, table] as const))('%s', (_name, stored) => {
    const table = generatedTable(stored);
    const { expected } = stored;
    for (const method of ['wilson', 'exact'] as const) {
      const document = computeMetrics(table, {
        set: 'test',
        positiveClass: 'COVID',
        operatingPoint: { threshold: stored.threshold, rule: 'fixed', chosenOn: 'none' },
        interval: method,
        band: false,
      });
      expect(metricsDocumentSchema.safeParse(document).error).toBeUndefined();
      expect(document.confusion).toEqual(expected.confusion);
      for (const name of ['sensitivity', 'specificity', 'ppv', 'npv', 'accuracy'] as const) {
        expectInterval(document[name], expected[name][method], `${name} (${method})`);
      }
      expectInterval(document.auc, expected.auc, 'auc');
      expectClose(document.f1, expected.f1, 'f1');
      expectClose(document.mcc, expected.mcc, 'mcc');
      expectClose(document.averagePrecision, expected.averagePrecision, 'averagePrecision');
      expectClose(document.brier, expected.brier, 'brier');
      expectClose(document.ece.value, expected.ece, 'ece');
      expectClose(document.calibration.slope, expected.calibration.slope, 'calibration slope');
      expectClose(document.calibration.intercept, expected.calibration.intercept, 'calibration intercept');
      expect(document.roc.length).toBe(expected.rocPoints ?? 0);
      expected.roc?.forEach(([threshold, fpr, tpr], place) => {
        expectClose(document.roc[place]!.threshold, threshold, `roc threshold ${place}`);
        expectClose(document.roc[place]!.fpr, fpr, `roc fpr ${place}`);
        expectClose(document.roc[place]!.tpr, tpr, `roc tpr ${place}`);
      });
      const ascending = [...document.pr].reverse();
      expected.pr?.forEach(([threshold, precision, recall], place) => {
        expectClose(ascending[place]!.threshold, threshold, `pr threshold ${place}`);
        expectClose(ascending[place]!.precision, precision, `pr precision ${place}`);
        expectClose(ascending[place]!.recall, recall, `pr recall ${place}`);
      });
    }
    const youden = chooseThreshold(table, 'youden');
    if (expected.youden === null) expect(youden.kind).toBe('impossible');
    else expect(youden).toEqual({ kind: 'chosen', threshold: expected.youden });
  });
});

describe('comparisons equal the oracles', () => {
  it.each(fixture.paired.map((pair) => [pair.name, pair] as const))('paired DeLong and McNemar: %s', (_name, pair) => {
    const labels = Uint8Array.from(pair.labels);
    const first = Float64Array.from(pair.first);
    const second = Float64Array.from(pair.second);
    const found = pairedDelong(labels, first, second);
    for (const part of ['difference', 'low', 'high', 'z', 'pValue'] as const) {
      expectClose(found[part], pair.expected[part], part);
    }
    const right = (scores: Float64Array) =>
      Array.from(scores, (score, image) => score >= pair.threshold === (labels[image] === 1));
    const test = mcnemarExact(right(first), right(second));
    expect([test.bothRight, test.onlyFirstRight, test.onlySecondRight, test.bothWrong]).toEqual(
      pair.expected.mcnemar.table.flat(),
    );
    expectClose(test.pValue, pair.expected.mcnemar.pValue, 'McNemar p');
    const { tp, tn } = confusionAt({ labels, probabilities: first }, pair.threshold);
    expect(test.bothRight + test.onlyFirstRight).toBe(tp + tn);
  });

  it('exact McNemar p of discordant counts', () => {
    for (const { b, c, pValue } of fixture.mcnemar) {
      const first = Array.from({ length: b + c }, (_unused, image) => image < b);
      const found = mcnemarExact(
        first,
        first.map((right) => !right),
      );
      expectClose(found.pValue, pValue, `${b} against ${c}`);
    }
  });

  it('Holm’s correction', () => {
    for (const { pValues, expected } of fixture.holm) {
      holm(pValues).forEach((found, place) => expectClose(found, expected[place]!, `p ${place}`));
    }
    expect(holm([0.04, null, 0.01])).toEqual([0.04, null, 0.02]);
  });

  it('Cohen’s κ with its interval', () => {
    for (const { first, second, categories, expected } of fixture.kappa) {
      expectInterval(cohenKappa(first, second, categories), expected, 'kappa');
    }
    expect(cohenKappa([1, 1, 1], [1, 1, 1], 2).value).toBeNull();
  });

  it('tails of the normal distribution, relative', () => {
    for (const { z: deviate, pValue } of fixture.normal) {
      expect(Math.abs(normalTwoSided(deviate) / pValue - 1), `z ${deviate}`).toBeLessThan(1e-9);
    }
  });

  it('the interval of an AUC on the logit scale (scipy.special: expit(logit(a) ± z·√v / (a·(1 − a))))', () => {
    for (const [value, variance, low, high] of [
      [0.84, 0.0025, 0.716887546513213, 0.9158599929303778],
      [0.97, 0.0004, 0.8936942563239614, 0.9920227553400537],
      [0.2, 0.004, 0.10330424530002981, 0.3517055729612786],
    ] as const) {
      const interval = logitInterval(value, variance)!;
      expectClose(interval.low, low, `lower bound at ${value}`);
      expectClose(interval.high, high, `upper bound at ${value}`);
    }
    expect(logitInterval(1, 0.01)).toBeNull();
    expect(logitInterval(0.7, 0)).toBeNull();
  });

  it('three classes', () => {
    const { labels, probabilities, expected } = fixture.multiclass;
    const document = multiclassMetrics(
      {
        classes: ['normal', 'COVID', 'other pneumonia'],
        labels: Uint16Array.from(labels),
        probabilities: probabilities.map((column) => Float64Array.from(column)),
        patients: null,
      },
      { set: 'test' },
    );
    expect(document.confusion).toEqual(expected.confusion);
    expectClose(document.accuracy.value, expected.accuracy, 'accuracy');
    document.perClass.forEach((one, place) => expectClose(one.auc.value, expected.auc[place]!, `AUC of ${one.class}`));
    expectClose(document.macro.auc, expected.macroAuc, 'macro AUC');
    expectClose(document.macro.f1, expected.macroF1, 'macro F1');
    expectClose(document.macro.sensitivity, expected.macroSensitivity, 'macro sensitivity');
  });

  it('three classes, few images of several patients: the document says so', () => {
    const document = multiclassMetrics(
      {
        classes: ['A', 'B', 'C'],
        labels: Uint16Array.of(0, 0, 1, 1),
        probabilities: [0.5, 0.2, 0.3].map((share) => Float64Array.of(share, share, share, share)),
        patients: ['p', 'p', 'q', 'r'],
      },
      { set: null },
    );
    expect(document.warnings).toHaveLength(4);
    expect(document.warnings.join(' ')).toMatch(/Only 2 images of class “A”.*No image is of class “C”.*several images/);
  });
});
