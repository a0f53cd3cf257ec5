/** Softmax probabilities, row by row; in double precision, since there are only a few numbers. */
export function softmax(logits: Float32Array, classes: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    let total = 0;
    for (let index = 0; index < classes; index += 1) {
      const power = Math.exp(row[index]! - largest);
      probabilities[start + index] = power;
      total += power;
    }
    for (let index = 0; index < classes; index += 1) probabilities[start + index]! /= total;
  }
  return probabilities;
}

export interface BatchLoss {
  /** Sum over the images of weight · −log p(label). */
  weightedSum: number;
  /** Sum of the images' class weights. Loss as torch's CrossEntropyLoss(weight) means it is `weightedSum / weightSum`. */
  weightSum: number;
  correct: number;
  probabilities: Float64Array;
  /** Gradient of that mean by the logits. */
  gradient: Float32Array;
}

/**
 * Cross entropy with class weights, mean weighted by them, and its gradient.
 *
 * @param smoothing share of each target that is spread evenly over all classes; torch weighs each class's part by that class's
 *   weight and divides by the weights of the labels alone, and so does this
 */
export function crossEntropy(
  logits: Float32Array,
  labels: readonly number[],
  classWeights: readonly number[],
  smoothing = 0,
): BatchLoss {
  const classes = classWeights.length;
  const probabilities = softmax(logits, classes);
  const gradient = new Float32Array(logits.length);
  const weightSum = labels.reduce((sum, label) => sum + classWeights[label]!, 0);
  let weightedSum = 0;
  let correct = 0;
  labels.forEach((label, image) => {
    const start = image * classes;
    const logSum = logOfExponentials(logits.subarray(start, start + classes));
    const target = weighedTarget(label, classWeights, smoothing);
    const mass = target.reduce((sum, share) => sum + share, 0);
    let best = 0;
    for (let index = 0; index < classes; index += 1) {
      if (probabilities[start + index]! > probabilities[start + best]!) best = index;
      if (target[index]! > 0) weightedSum += target[index]! * (logSum - logits[start + index]!);
      gradient[start + index] = (mass * probabilities[start + index]! - target[index]!) / weightSum;
    }
    if (best === label) correct += 1;
  });
  return { weightedSum, weightSum, correct, probabilities, gradient };
}

/** What of an image's loss each class bears. */
function weighedTarget(label: number, classWeights: readonly number[], smoothing: number): number[] {
  const spread = smoothing / classWeights.length;
  return classWeights.map((weight, index) => weight * (spread + (index === label ? 1 - smoothing : 0)));
}

/** log Σ exp(value), without overflow and without the underflow that a rounded probability would bring. */
function logOfExponentials(values: Float32Array): number {
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
