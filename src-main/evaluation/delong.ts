import type { Interval, MetricsDocument } from '../../src-shared/contract/metrics.ts';
import { z95 } from '../../src-shared/domain/wilson.ts';
import { countPositives } from './table.ts';
import type { PredictionTable } from './table.ts';
import { orderByScore } from './thresholdCounts.ts';

/**
 * Placement of every image among those of the other class (DeLong 1988): for a positive image the share of negatives that
 * score lower, for a negative image the share of positives that score higher; ties count ½. By one sort instead of all
 * pairs (Sun & Xu 2014). Both classes must be present.
 */
export function placements(table: Pick<PredictionTable, 'labels' | 'probabilities'>): Float64Array {
  const { labels, probabilities } = table;
  const total = labels.length;
  const positives = countPositives(labels);
  const negatives = total - positives;
  const order = orderByScore(probabilities);
  const result = new Float64Array(total);
  let positivesAbove = 0;
  let negativesAbove = 0;
  for (let start = 0; start < total;) {
    let end = start;
    let positivesHere = 0;
    while (end < total && probabilities[order[end]!] === probabilities[order[start]!]) {
      positivesHere += labels[order[end]!]!;
      end += 1;
    }
    const negativesHere = end - start - positivesHere;
    const ofPositives = (negatives - negativesAbove - negativesHere / 2) / negatives;
    const ofNegatives = (positivesAbove + positivesHere / 2) / positives;
    for (let rank = start; rank < end; rank += 1) {
      result[order[rank]!] = labels[order[rank]!] === 1 ? ofPositives : ofNegatives;
    }
    positivesAbove += positivesHere;
    negativesAbove += negativesHere;
    start = end;
  }
  return result;
}

/** Covariance of two AUCs on the same images from their placements; the variance where both are the same. Null with fewer than two images of a class. */
export function aucCovariance(labels: Uint8Array, first: Float64Array, second: Float64Array): number | null {
  const positives = countPositives(labels);
  const negatives = labels.length - positives;
  if (positives < 2 || negatives < 2) return null;
  const firstAuc = meanOfClass(labels, first, 1);
  const secondAuc = meanOfClass(labels, second, 1);
  let amongPositives = 0;
  let amongNegatives = 0;
  for (let image = 0; image < labels.length; image += 1) {
    const product = (first[image]! - firstAuc) * (second[image]! - secondAuc);
    if (labels[image] === 1) amongPositives += product;
    else amongNegatives += product;
  }
  return amongPositives / (positives - 1) / positives + amongNegatives / (negatives - 1) / negatives;
}

/** Mean over the images of one class; over the positives' placements this is the AUC. */
export function meanOfClass(labels: Uint8Array, values: Float64Array, label: 0 | 1): number {
  let sum = 0;
  let count = 0;
  for (let image = 0; image < labels.length; image += 1) {
    if (labels[image] !== label) continue;
    sum += values[image]!;
    count += 1;
  }
  return sum / count;
}

export interface AucResult {
  auc: Interval;
  /** DeLong's variance; null where it is not defined (a class with fewer than two images). */
  variance: number | null;
}

/**
 * 95 % interval of the logit of the AUC, by DeLong's variance and the delta method, brought back (Pepe 2003, The Statistical Evaluation of
 * Medical Tests, section 5.2). Null without variance, and for an AUC of 0 or 1, whose logit is infinite.
 */
export function logitInterval(value: number | null, variance: number | null): MetricsDocument['aucLogit'] {
  if (value === null || variance === null || variance <= 0 || value <= 0 || value >= 1) return null;
  const logit = Math.log(value / (1 - value));
  const halfWidth = (z95 * Math.sqrt(variance)) / (value * (1 - value));
  const back = (place: number) => 1 / (1 + Math.exp(-place));
  return { low: back(logit - halfWidth), high: back(logit + halfWidth), method: 'delong-logit' };
}

/** AUC (Mann–Whitney) with DeLong's normal 95 % interval, cut to [0, 1]. */
export function aucWithDelong(table: Pick<PredictionTable, 'labels' | 'probabilities'>): AucResult {
  const positives = countPositives(table.labels);
  if (positives === 0 || positives === table.labels.length) {
    return { auc: { value: null, low: null, high: null, method: 'delong' }, variance: null };
  }
  const placed = placements(table);
  const value = meanOfClass(table.labels, placed, 1);
  const variance = aucCovariance(table.labels, placed, placed);
  if (variance === null) return { auc: { value, low: null, high: null, method: 'delong' }, variance };
  const halfWidth = z95 * Math.sqrt(variance);
  return {
    auc: { value, low: Math.max(0, value - halfWidth), high: Math.min(1, value + halfWidth), method: 'delong' },
    variance,
  };
}
