import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { ThresholdCounts } from './thresholdCounts.ts';

/**
 * Precision and recall at every distinct threshold, thresholds descending. The curve starts at the customary anchor
 * (recall 0, precision 1), which no threshold reaches. Empty where there is no positive image.
 */
export function precisionRecallCurve(counts: ThresholdCounts): MetricsDocument['pr'] {
  if (counts.positives === 0) return [];
  const points: MetricsDocument['pr'] = [{ threshold: null, precision: 1, recall: 0 }];
  counts.thresholds.forEach((threshold, place) => {
    const truePositives = counts.truePositives[place]!;
    points.push({
      threshold,
      precision: truePositives / (truePositives + counts.falsePositives[place]!),
      recall: truePositives / counts.positives,
    });
  });
  return points;
}

/** Step-wise Σ (Rₙ − Rₙ₋₁)·Pₙ without interpolation, as scikit-learn's average_precision_score; null without positives. */
export function averagePrecision(counts: ThresholdCounts): number | null {
  if (counts.positives === 0) return null;
  let sum = 0;
  let before = 0;
  counts.truePositives.forEach((truePositives, place) => {
    const precision = truePositives / (truePositives + counts.falsePositives[place]!);
    sum += ((truePositives - before) / counts.positives) * precision;
    before = truePositives;
  });
  return sum;
}
