import type { OperatingPointRule } from '../../src-shared/contract/metrics.ts';
import type { PredictionTable } from './table.ts';
import { countAtThresholds } from './thresholdCounts.ts';

export type ThresholdChoice =
  | { kind: 'chosen'; threshold: number }
  /** The rule has no answer on these images; `reason` says why in words. */
  | { kind: 'impossible'; reason: string };

/**
 * The threshold that a rule picks on these (validation) images.
 * - `fixed`: 0.5.
 * - `youden`: the score with the highest sensitivity + specificity − 1; ties go to the highest threshold (the first point of
 *   the ROC curve that reaches it).
 * - `sensitivity>=S`: the score with the highest specificity among those with sensitivity ≥ S; ties go to the higher
 *   sensitivity, which costs nothing.
 */
export function chooseThreshold(table: PredictionTable, rule: OperatingPointRule): ThresholdChoice {
  if (rule === 'fixed') return { kind: 'chosen', threshold: 0.5 };
  const counts = countAtThresholds(table);
  const { positives, negatives, truePositives, falsePositives, thresholds } = counts;
  if (positives === 0 || negatives === 0) {
    return {
      kind: 'impossible',
      reason: `The rule “${rule}” needs images of both classes; here are ${positives} positive and ${negatives} negative.`,
    };
  }
  if (rule === 'youden') {
    let best = 0;
    let bestIndex = Number.NEGATIVE_INFINITY;
    for (let place = 0; place < thresholds.length; place += 1) {
      // J · positives · negatives, in whole numbers so that ties are exact
      const youden = truePositives[place]! * negatives - falsePositives[place]! * positives;
      if (youden > bestIndex) [best, bestIndex] = [place, youden];
    }
    return { kind: 'chosen', threshold: thresholds[best]! };
  }
  const wanted = Number(rule.slice('sensitivity>='.length));
  if (!(wanted >= 0 && wanted <= 1)) {
    return { kind: 'impossible', reason: `A sensitivity of ${wanted} cannot be asked for: it lies between 0 and 1.` };
  }
  let best = thresholds.findIndex((_threshold, place) => truePositives[place]! / positives >= wanted);
  while (best + 1 < thresholds.length && falsePositives[best + 1] === falsePositives[best]) best += 1;
  return { kind: 'chosen', threshold: thresholds[best]! };
}
