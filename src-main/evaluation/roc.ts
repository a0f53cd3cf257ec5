import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { ThresholdCounts } from './thresholdCounts.ts';

/** Every point of the empirical ROC curve, thresholds descending, from (0, 0); empty where a class is missing. */
export function rocCurve(counts: ThresholdCounts): MetricsDocument['roc'] {
  if (counts.positives === 0 || counts.negatives === 0) return [];
  const points: MetricsDocument['roc'] = [{ threshold: null, fpr: 0, tpr: 0 }];
  counts.thresholds.forEach((threshold, place) => {
    points.push({
      threshold,
      fpr: counts.falsePositives[place]! / counts.negatives,
      tpr: counts.truePositives[place]! / counts.positives,
    });
  });
  return points;
}
