import type { ChoosableRule } from '../../src-shared/contract/metrics.ts';
import { leastSensitivityPlace, youdenPlace } from '../../src-shared/domain/operatingPoint.ts';
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
export function chooseThreshold(table: PredictionTable, rule: ChoosableRule): ThresholdChoice {
  if (rule === 'fixed') return { kind: 'chosen', threshold: 0.5 };
  const counts = countAtThresholds(table);
  const { positives, negatives, thresholds } = counts;
  if (positives === 0 || negatives === 0) {
    return {
      kind: 'impossible',
      reason: `The rule “${rule}” needs images of both classes; here are ${positives} positive and ${negatives} negative.`,
    };
  }
  if (rule === 'youden') return { kind: 'chosen', threshold: thresholds[youdenPlace(counts)]! };
  const wanted = Number(rule.slice('sensitivity>='.length));
  if (!(wanted >= 0 && wanted <= 1)) {
    return { kind: 'impossible', reason: `A sensitivity of ${wanted} cannot be asked for: it lies between 0 and 1.` };
  }
  return { kind: 'chosen', threshold: thresholds[leastSensitivityPlace(counts, wanted)]! };
}
