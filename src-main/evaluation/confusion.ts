import type { Confusion, Interval } from '../../src-shared/contract/metrics.ts';
import { clopperPearsonInterval } from './clopperPearson.ts';
import type { PredictionTable } from './table.ts';
import { wilsonInterval } from './wilson.ts';

export type IntervalMethod = 'wilson' | 'exact';

/** The method by which a document's proportions have their intervals. */
export const intervalOf = ({ sensitivity }: { sensitivity: Pick<Interval, 'method'> }): IntervalMethod =>
  sensitivity.method === 'clopper-pearson' ? 'exact' : 'wilson';

/** Decisions against the reference standard; positive when probability ≥ threshold. */
export function confusionAt(table: Pick<PredictionTable, 'labels' | 'probabilities'>, threshold: number): Confusion {
  const confusion = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let image = 0; image < table.labels.length; image += 1) {
    const positive = table.probabilities[image]! >= threshold;
    if (table.labels[image] === 1) confusion[positive ? 'tp' : 'fn'] += 1;
    else confusion[positive ? 'fp' : 'tn'] += 1;
  }
  return confusion;
}

export interface Decisions {
  sensitivity: Interval;
  specificity: Interval;
  ppv: Interval;
  npv: Interval;
  accuracy: Interval;
}

/** The five proportions of a confusion matrix, each with its 95 % interval. */
export function decisionMetrics({ tp, fp, fn, tn }: Confusion, method: IntervalMethod): Decisions {
  const proportion = method === 'exact' ? clopperPearsonInterval : wilsonInterval;
  return {
    sensitivity: proportion(tp, tp + fn),
    specificity: proportion(tn, tn + fp),
    ppv: proportion(tp, tp + fp),
    npv: proportion(tn, tn + fn),
    accuracy: proportion(tp + tn, tp + fp + fn + tn),
  };
}

/** F1 = 2·TP / (2·TP + FP + FN); null where nothing is positive in truth or decision. */
export function f1Score({ tp, fp, fn }: Confusion): number | null {
  const denominator = 2 * tp + fp + fn;
  return denominator === 0 ? null : (2 * tp) / denominator;
}

/** Matthews' correlation coefficient; null where a row or column of the matrix is empty. */
export function matthewsCorrelation({ tp, fp, fn, tn }: Confusion): number | null {
  // Square roots first: the product of four counts of 100,000 images would leave the exact integers.
  const denominator = Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn);
  return denominator === 0 ? null : (tp * tn - fp * fn) / denominator;
}
