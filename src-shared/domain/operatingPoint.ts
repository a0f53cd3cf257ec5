/** Thresholds and what they give, read from counts along the ROC curve; used where figures are computed and where a point is moved by hand. */

/** What is called positive at each distinct score, scores descending: an image is positive at threshold t when its score ≥ t. */
export interface CurveCounts {
  thresholds: ArrayLike<number>;
  truePositives: ArrayLike<number>;
  falsePositives: ArrayLike<number>;
  positives: number;
  negatives: number;
}

/** Highest sensitivity + specificity − 1; among equals the highest threshold. Both classes must be there. */
export function youdenPlace({ truePositives, falsePositives, positives, negatives }: CurveCounts): number {
  let best = 0;
  let bestIndex = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < truePositives.length; place += 1) {
    // J · positives · negatives, in whole numbers so that ties are exact
    const youden = truePositives[place]! * negatives - falsePositives[place]! * positives;
    if (youden > bestIndex) [best, bestIndex] = [place, youden];
  }
  return best;
}

/** Highest specificity with sensitivity ≥ `least` (0 … 1); among equals the highest sensitivity, which costs nothing. */
export function leastSensitivityPlace(counts: CurveCounts, least: number): number {
  const { truePositives, falsePositives, positives } = counts;
  let place = 0;
  while (place < truePositives.length - 1 && !(truePositives[place]! / positives >= least)) place += 1;
  while (place + 1 < falsePositives.length && falsePositives[place + 1] === falsePositives[place]) place += 1;
  return place;
}

/** Counts back from the shares of a document's ROC curve, whose first point (nothing called positive) has no threshold. */
export function countsOfCurve(
  roc: readonly { threshold: number | null; fpr: number; tpr: number }[],
  n: { positive: number; negative: number },
): CurveCounts {
  const points = roc.filter((point) => point.threshold !== null);
  return {
    thresholds: Float64Array.from(points, (point) => point.threshold ?? 0),
    truePositives: Float64Array.from(points, (point) => Math.round(point.tpr * n.positive)),
    falsePositives: Float64Array.from(points, (point) => Math.round(point.fpr * n.negative)),
    positives: n.positive,
    negatives: n.negative,
  };
}

/** Place of the last point whose threshold is at or above `threshold`; −1 where nothing is called positive. O(log n). */
export function placeOfThreshold({ thresholds }: CurveCounts, threshold: number): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle]! >= threshold) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export interface CountsAtThreshold {
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

/** The confusion matrix at any threshold. */
export function confusionOfCurve(counts: CurveCounts, threshold: number): CountsAtThreshold {
  const place = placeOfThreshold(counts, threshold);
  const tp = place < 0 ? 0 : counts.truePositives[place]!;
  const fp = place < 0 ? 0 : counts.falsePositives[place]!;
  return { tp, fp, fn: counts.positives - tp, tn: counts.negatives - fp };
}
