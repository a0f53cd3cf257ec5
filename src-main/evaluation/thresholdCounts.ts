import { countPositives } from './table.ts';
import type { PredictionTable } from './table.ts';

/** What is called positive at each distinct score, scores descending: image i is positive at threshold t when score ≥ t. */
export interface ThresholdCounts {
  thresholds: Float64Array;
  truePositives: Uint32Array;
  falsePositives: Uint32Array;
  positives: number;
  negatives: number;
}

/** Image numbers by descending score. */
export function orderByScore(probabilities: Float64Array): Uint32Array {
  const order = Uint32Array.from(probabilities, (_score, image) => image);
  return order.sort((first, second) => probabilities[second]! - probabilities[first]! || first - second);
}

/** The one pass over sorted scores that ROC, precision–recall, AUC and operating points are all read from. O(n log n). */
export function countAtThresholds(table: Pick<PredictionTable, 'labels' | 'probabilities'>): ThresholdCounts {
  const { labels, probabilities } = table;
  const total = labels.length;
  const order = orderByScore(probabilities);
  const thresholds = new Float64Array(total);
  const truePositives = new Uint32Array(total);
  const falsePositives = new Uint32Array(total);
  let distinct = 0;
  let positivesSoFar = 0;
  for (let rank = 0; rank < total; rank += 1) {
    const image = order[rank]!;
    positivesSoFar += labels[image]!;
    const lastOfItsScore = rank === total - 1 || probabilities[order[rank + 1]!] !== probabilities[image];
    if (!lastOfItsScore) continue;
    thresholds[distinct] = probabilities[image]!;
    truePositives[distinct] = positivesSoFar;
    falsePositives[distinct] = rank + 1 - positivesSoFar;
    distinct += 1;
  }
  const positives = countPositives(labels);
  return {
    thresholds: thresholds.slice(0, distinct),
    truePositives: truePositives.slice(0, distinct),
    falsePositives: falsePositives.slice(0, distinct),
    positives,
    negatives: total - positives,
  };
}
