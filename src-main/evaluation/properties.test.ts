/** What must hold of any table: swapped labels, monotone transforms, permutations, the definition by all pairs. */
import { describe, expect, it } from 'vitest';
import { computeMetrics } from './computeMetrics.ts';
import { aucWithDelong, logitInterval, placements } from './delong.ts';
import { createRandom } from '../../src-shared/domain/random.ts';
import type { PredictionTable } from './table.ts';

/** 24 tables of 5 … 120 images, scores with few or many distinct values. */
const tables = Array.from({ length: 24 }, (_unused, seed) => {
  const random = createRandom(seed + 1);
  const total = 5 + random.below(116);
  const steps = [3, 10, 1000, 2 ** 31][seed % 4]!;
  const labels = Uint8Array.from({ length: total }, (_image, place) => (place < 2 ? place : random.below(2)));
  const probabilities = Float64Array.from(
    labels,
    (label) => (random.below(steps) + label * random.below(steps)) / (2 * steps),
  );
  const patients = Array.from({ length: total }, () => `patient ${random.below(1 + total / 3)}`);
  return [`table ${seed + 1}, ${total} images`, { labels, probabilities, patients }] as const;
});

const options = {
  set: null,
  positiveClass: '1',
  operatingPoint: { threshold: 0.4, rule: 'fixed', chosenOn: 'none' },
} as const;

function permuted(table: PredictionTable, order: readonly number[]): PredictionTable {
  return {
    labels: Uint8Array.from(order, (image) => table.labels[image]!),
    probabilities: Float64Array.from(order, (image) => table.probabilities[image]!),
    patients: table.patients === null ? null : order.map((image) => table.patients![image]!),
  };
}

describe.each(tables)('%s', (_name, table) => {
  it('AUC and its variance equal the definition by all pairs to 1e-12', () => {
    const scores = (label: number) =>
      Array.from(table.probabilities).filter((_s, image) => table.labels[image] === label);
    const [negatives, positives] = [scores(0), scores(1)];
    const kernel = (positive: number, negative: number) => (positive > negative ? 1 : positive === negative ? 0.5 : 0);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = (values: number[]) =>
      values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1) / values.length;
    const ofPositives = positives.map((positive) => mean(negatives.map((negative) => kernel(positive, negative))));
    const ofNegatives = negatives.map((negative) => mean(positives.map((positive) => kernel(positive, negative))));
    const found = aucWithDelong(table);
    expect(Math.abs(found.auc.value! - mean(ofPositives))).toBeLessThan(1e-12);
    if (positives.length > 1 && negatives.length > 1) {
      expect(Math.abs(found.variance! - variance(ofPositives) - variance(ofNegatives))).toBeLessThan(1e-12);
    }
  });

  it('swapping the labels turns the AUC over and keeps the width of its interval', () => {
    const swapped = { ...table, labels: table.labels.map((label) => 1 - label) };
    const [one, other] = [aucWithDelong(table), aucWithDelong(swapped)];
    expect(other.auc.value).toBeCloseTo(1 - one.auc.value!, 12);
    expect(other.variance ?? -1).toBeCloseTo(one.variance ?? -1, 12);
    const bounds = [one, other].map(({ auc, variance }) => logitInterval(auc.value, variance));
    expect(bounds[1]?.high ?? -1).toBeCloseTo(bounds[0] ? 1 - bounds[0].low : -1, 12);
  });

  it('a strictly increasing transform of the scores changes no rank figure', () => {
    const transform = (score: number) => score ** 3 / 2 + score / 4;
    const transformed = { ...table, probabilities: table.probabilities.map(transform) };
    const found = computeMetrics(table, { ...options, replicates: 50 });
    const other = computeMetrics(transformed, {
      ...options,
      replicates: 50,
      operatingPoint: { ...options.operatingPoint, threshold: transform(options.operatingPoint.threshold) },
    });
    for (const figure of [
      'auc',
      'averagePrecision',
      'confusion',
      'sensitivity',
      'ppv',
      'f1',
      'mcc',
      'clustered',
    ] as const) {
      expect(other[figure]).toEqual(found[figure]);
    }
    expect(other.roc.map(({ fpr, tpr }) => [fpr, tpr])).toEqual(found.roc.map(({ fpr, tpr }) => [fpr, tpr]));
    expect(Array.from(placements(transformed))).toEqual(Array.from(placements(table)));
  });

  it('the order of the images does not matter', () => {
    const random = createRandom(99);
    const order = Array.from(table.labels.keys());
    for (let last = order.length - 1; last > 0; last -= 1) {
      const other = random.below(last + 1);
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
    const found = computeMetrics(table, { ...options, replicates: 50 });
    const other = computeMetrics(permuted(table, order), { ...options, replicates: 50 });
    for (const figure of [
      'n',
      'confusion',
      'sensitivity',
      'roc',
      'pr',
      'f1',
      'mcc',
      'clustered',
      'warnings',
    ] as const) {
      expect(other[figure]).toEqual(found[figure]);
    }
    expect(other.auc.value).toBeCloseTo(found.auc.value!, 12);
    expect(other.auc.low ?? 0).toBeCloseTo(found.auc.low ?? 0, 12);
    expect(other.calibration.slope ?? 0).toBeCloseTo(found.calibration.slope ?? 0, 9);
    expect(other.patientLevel?.auc.value ?? 0).toBeCloseTo(found.patientLevel?.auc.value ?? 0, 12);
  });
});
