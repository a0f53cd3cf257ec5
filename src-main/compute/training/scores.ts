import type { Mistake } from '../../../src-shared/contract/compute.ts';

/** What one pass over a set came to. */
export interface Scores {
  loss: number | null;
  accuracy: number | null;
  auc: number | null;
  /** At probability ≥ 0.5 for the positive class. */
  sensitivity: number | null;
  specificity: number | null;
}

/**
 * @param probabilities one row per image, one column per class
 * @param loss mean over the set, already weighted
 */
export function score(
  probabilities: readonly ArrayLike<number>[],
  labels: readonly number[],
  positive: number,
  loss: number | null,
): Scores {
  let correct = 0;
  const confusion = { tp: 0, fp: 0, fn: 0, tn: 0 };
  const positives = probabilities.map((row) => row[positive]!);
  labels.forEach((label, image) => {
    const row = probabilities[image]!;
    if (largest(row) === label) correct += 1;
    const called = positives[image]! >= 0.5;
    if (label === positive) confusion[called ? 'tp' : 'fn'] += 1;
    else confusion[called ? 'fp' : 'tn'] += 1;
  });
  return {
    loss,
    accuracy: ratio(correct, labels.length),
    auc: areaUnderCurve(
      positives,
      labels.map((label) => label === positive),
    ),
    sensitivity: ratio(confusion.tp, confusion.tp + confusion.fn),
    specificity: ratio(confusion.tn, confusion.tn + confusion.fp),
  };
}

/** As many as are looked at while a training runs. */
const mostMistakes = 24;

/**
 * The images that were decided wrongly, the most wrong first: those whose own class has the lowest probability.
 *
 * @param images place of each row's image
 */
export function worstMistakes(
  probabilities: readonly ArrayLike<number>[],
  labels: readonly number[],
  images: readonly number[],
): Mistake[] {
  const mistakes = probabilities.flatMap((row, place) => {
    const label = labels[place]!;
    const predicted = largest(row);
    if (predicted === label) return [];
    return [
      { index: images[place]!, label, predicted, probabilities: { label: row[label]!, predicted: row[predicted]! } },
    ];
  });
  return mistakes.sort((a, b) => a.probabilities.label - b.probabilities.label).slice(0, mostMistakes);
}

/** The first of the largest. */
function largest(row: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < row.length; index += 1) if (row[index]! > row[best]!) best = index;
  return best;
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Mann–Whitney: the share of pairs in which the positive image has the higher probability, ties counting ½. */
export function areaUnderCurve(probabilities: readonly number[], isPositive: readonly boolean[]): number | null {
  const order = probabilities.map((_, index) => index).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const positives = isPositive.filter(Boolean).length;
  const negatives = isPositive.length - positives;
  if (positives === 0 || negatives === 0) return null;
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && probabilities[order[end]!] === probabilities[order[start]!]) end += 1;
    // Ranks start … end − 1 (from 0) share their mean, counted from 1.
    const rank = (start + end + 1) / 2;
    for (let place = start; place < end; place += 1) if (isPositive[order[place]!]) rankSum += rank;
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
