import type { MulticlassDocument } from '../../src-shared/contract/metrics.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { formatQuantity } from '../../src-shared/domain/format.ts';
import { decisionMetrics, f1Score } from './confusion.ts';
import type { IntervalMethod } from './confusion.ts';
import { aucWithDelong } from './delong.ts';
import { averagePrecision } from './precisionRecall.ts';
import { countAtThresholds } from './thresholdCounts.ts';
import { fewUnits } from './warnings.ts';

export interface MulticlassTable {
  classes: readonly string[];
  /** Index of each image's class. */
  labels: Uint16Array;
  /** One column per class, each with one probability per image. */
  probabilities: readonly Float64Array[];
  /** Each image's patient; null where they are not known. */
  patients: readonly string[] | null;
}

/** Full confusion matrix, one-versus-rest figures per class and their unweighted means. Equal probabilities: the first class. */
export function multiclassMetrics(
  table: MulticlassTable,
  options: { set: SetName | null; interval?: IntervalMethod },
): MulticlassDocument {
  const { classes, labels, probabilities } = table;
  const interval = options.interval ?? 'wilson';
  const confusion = classes.map(() => classes.map(() => 0));
  labels.forEach((label, image) => {
    confusion[label]![highest(probabilities, image)]! += 1;
  });
  const total = labels.length;
  const rowSums = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const right = confusion.reduce((sum, row, place) => sum + row[place]!, 0);

  const perClass = classes.map((name, place) => {
    const tp = confusion[place]![place]!;
    const called = confusion.reduce((sum, row) => sum + row[place]!, 0);
    const oneVersusRest = { tp, fp: called - tp, fn: rowSums[place]! - tp, tn: total - called - rowSums[place]! + tp };
    const scores = {
      labels: Uint8Array.from(labels, (label) => (label === place ? 1 : 0)),
      probabilities: probabilities[place]!,
    };
    return {
      class: name,
      confusion: oneVersusRest,
      ...decisionMetrics(oneVersusRest, interval),
      f1: f1Score(oneVersusRest),
      averagePrecision: averagePrecision(countAtThresholds(scores)),
      auc: aucWithDelong(scores).auc,
    };
  });
  return {
    set: options.set,
    classes: [...classes],
    n: { images: total, perClass: rowSums },
    confusion,
    accuracy: decisionMetrics({ tp: right, fp: total - right, fn: 0, tn: 0 }, interval).accuracy,
    perClass,
    macro: {
      sensitivity: meanOrNull(perClass.map((one) => one.sensitivity.value)),
      specificity: meanOrNull(perClass.map((one) => one.specificity.value)),
      ppv: meanOrNull(perClass.map((one) => one.ppv.value)),
      f1: meanOrNull(perClass.map((one) => one.f1)),
      auc: meanOrNull(perClass.map((one) => one.auc.value)),
      averagePrecision: meanOrNull(perClass.map((one) => one.averagePrecision)),
    },
    warnings: warningsOf(table, rowSums),
  };
}

function warningsOf({ classes, patients, labels }: MulticlassTable, counts: readonly number[]): string[] {
  const several = patients !== null && new Set(patients).size < labels.length;
  return [
    ...classes.flatMap((name, place) => {
      const count = counts[place]!;
      if (count === 0) {
        return [`No image is of class “${name}”: its sensitivity and AUC, and the macro averages, have no value.`];
      }
      return count < fewUnits
        ? [`Only ${formatQuantity(count, 'image')} of class “${name}”: its intervals are wide.`]
        : [];
    }),
    ...(several
      ? [
          'Patients have several images: the intervals of the single classes take images as independent and are too narrow; those of one class against the rest are also given by patient.',
        ]
      : []),
  ];
}

function highest(probabilities: readonly Float64Array[], image: number): number {
  let best = 0;
  probabilities.forEach((column, place) => {
    if (column[image]! > probabilities[best]![image]!) best = place;
  });
  return best;
}

function meanOrNull(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}
