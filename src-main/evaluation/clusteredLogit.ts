import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import { studentQuantile } from '../../src-shared/domain/specialFunctions.ts';
import { wilsonBounds } from '../../src-shared/domain/wilson.ts';
import { meanOfClass, placements } from './delong.ts';
import { countPositives, numberPatients, type PredictionTable } from './table.ts';

export type ClusteredLogit = NonNullable<MetricsDocument['clusteredLogit']>;
type Bounds = ClusteredLogit['auc'];

const none: Bounds = { low: null, high: null };

/**
 * 95 % intervals with patients as the unit, for when they are few: the variance between patients (of proportions as ratios, Cochran 1977,
 * section 6.3 and 11.5; of the AUC by Obuchowski 1997), on the logit scale, with Student's t for one patient fewer than contribute.
 * Where every patient is alike, so that no variance can be estimated, a proportion has Wilson's interval with patients as its count.
 * Needs `table.patients`.
 */
export function clusteredLogitIntervals(table: PredictionTable, threshold: number): ClusteredLogit {
  if (table.patients === null) throw new RangeError('Clustered intervals need the patient of every image.');
  const { index, count } = numberPatients(table.patients);
  const share = (counts: (image: number) => boolean, succeeds: (image: number) => boolean): Bounds => {
    const images = new Float64Array(count);
    const successes = new Float64Array(count);
    index.forEach((patient, image) => {
      if (!counts(image)) return;
      images[patient]! += 1;
      if (succeeds(image)) successes[patient]! += 1;
    });
    return ratioBounds(successes, images);
  };
  const positive = (image: number) => table.labels[image] === 1;
  const called = (image: number) => table.probabilities[image]! >= threshold;
  return {
    unit: 'patient',
    method: 'logit-t',
    auc: aucBounds(table, index, count),
    sensitivity: share(positive, called),
    specificity: share(
      (image) => !positive(image),
      (image) => !called(image),
    ),
    accuracy: share(
      () => true,
      (image) => positive(image) === called(image),
    ),
  };
}

/** @param successes, images of each patient; patients without an image are no part of it */
function ratioBounds(successes: Float64Array, images: Float64Array): Bounds {
  const patients = images.reduce((sum, own) => sum + (own > 0 ? 1 : 0), 0);
  const total = sum(images);
  if (patients < 2) return none;
  const value = sum(successes) / total;
  const squares = images.reduce((all, own, patient) => all + (successes[patient]! - value * own) ** 2, 0);
  const variance = (patients / (patients - 1)) * (squares / total ** 2);
  return logitBounds(value, variance, patients - 1) ?? wilsonBounds(value * patients, patients) ?? none;
}

/** Obuchowski 1997, "Nonparametric analysis of clustered ROC curve data", with the placements of DeLong. */
function aucBounds(table: PredictionTable, index: Uint32Array, count: number): Bounds {
  const positives = countPositives(table.labels);
  const negatives = table.labels.length - positives;
  if (positives === 0 || negatives === 0) return none;
  const placed = placements(table);
  const value = meanOfClass(table.labels, placed, 1);
  // Of each patient: placements of its images beyond what they would be at the AUC, and whether it has images of the class.
  const excess = [new Float64Array(count), new Float64Array(count)] as const;
  const present = [new Uint8Array(count), new Uint8Array(count)] as const;
  table.labels.forEach((label, image) => {
    const own = label === 1 ? 1 : 0;
    excess[own][index[image]!]! += placed[image]! - value;
    present[own][index[image]!] = 1;
  });
  const patients = present.map((own) => own.reduce((all, one) => all + one, 0));
  if (Math.min(...patients) < 2) return none;
  const product = (first: 0 | 1, second: 0 | 1) =>
    excess[first].reduce((all, own, patient) => all + own * excess[second][patient]!, 0);
  const within = (own: 0 | 1, images: number) =>
    ((patients[own]! / (patients[own]! - 1)) * product(own, own)) / images ** 2;
  const variance =
    within(1, positives) + within(0, negatives) + (2 * (count / (count - 1)) * product(1, 0)) / positives / negatives;
  return logitBounds(value, variance, Math.min(...patients) - 1) ?? none;
}

/** Null where the logit or its variance has no value. */
function logitBounds(value: number, variance: number, degreesOfFreedom: number): { low: number; high: number } | null {
  if (!(variance > 0) || value <= 0 || value >= 1) return null;
  const logit = Math.log(value / (1 - value));
  const halfWidth = (studentQuantile(0.975, degreesOfFreedom) * Math.sqrt(variance)) / (value * (1 - value));
  const back = (place: number) => 1 / (1 + Math.exp(-place));
  return { low: back(logit - halfWidth), high: back(logit + halfWidth) };
}

const sum = (values: Float64Array): number => values.reduce((all, own) => all + own, 0);
