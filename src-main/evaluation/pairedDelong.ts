import type { PairedComparison } from '../../src-shared/contract/metrics.ts';
import { z95 } from '../../src-shared/domain/wilson.ts';
import { aucCovariance, meanOfClass, placements } from './delong.ts';
import { normalTwoSided } from '../../src-shared/domain/specialFunctions.ts';
import { countPositives } from './table.ts';

export type PairedAuc = Omit<PairedComparison['auc'], 'pAdjusted'>;

/** Variances below this are rounding: placements are shares of whole numbers. */
const noVariance = 1e-24;

/**
 * DeLong's test of two AUCs on the same images: difference (first − second) with its 95 % interval, z and two-sided p.
 * Where the difference has no variance, p is 1 for equal AUCs and null otherwise.
 */
export function pairedDelong(labels: Uint8Array, first: Float64Array, second: Float64Array): PairedAuc {
  const nothing = { low: null, high: null, z: null, pValue: null, method: 'delong-paired' as const };
  const positives = countPositives(labels);
  if (positives === 0 || positives === labels.length) return { difference: null, ...nothing };
  const firstPlaced = placements({ labels, probabilities: first });
  const secondPlaced = placements({ labels, probabilities: second });
  const difference = meanOfClass(labels, firstPlaced, 1) - meanOfClass(labels, secondPlaced, 1);
  // The placements' difference has the variance var₁ + var₂ − 2·cov without cancellation.
  const differencePlaced = firstPlaced.map((placement, image) => placement - secondPlaced[image]!);
  const variance = aucCovariance(labels, differencePlaced, differencePlaced);
  if (variance === null) return { difference, ...nothing };
  if (variance < noVariance) {
    const equal = Math.abs(difference) < 1e-12;
    return { difference, ...nothing, low: difference, high: difference, pValue: equal ? 1 : null };
  }
  const halfWidth = z95 * Math.sqrt(variance);
  const z = difference / Math.sqrt(variance);
  return {
    difference,
    low: Math.max(-1, difference - halfWidth),
    high: Math.min(1, difference + halfWidth),
    z,
    pValue: normalTwoSided(z),
    method: 'delong-paired',
  };
}
