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

/** Cross entropy with class weights, mean weighted by them, and its gradient. */
export function crossEntropy(
  logits: Float32Array,
  labels: readonly number[],
  classWeights: readonly number[],
): BatchLoss {
  const classes = classWeights.length;
  const probabilities = softmax(logits, classes);
  const gradient = new Float32Array(logits.length);
  const weightSum = labels.reduce((sum, label) => sum + classWeights[label]!, 0);
  let weightedSum = 0;
  let correct = 0;
  labels.forEach((label, image) => {
    const start = image * classes;
    const weight = classWeights[label]!;
    weightedSum += weight * (logOfExponentials(logits.subarray(start, start + classes)) - logits[start + label]!);
    let best = 0;
    for (let index = 0; index < classes; index += 1) {
      if (probabilities[start + index]! > probabilities[start + best]!) best = index;
      const target = index === label ? 1 : 0;
      gradient[start + index] = (weight / weightSum) * (probabilities[start + index]! - target);
    }
    if (best === label) correct += 1;
  });
  return { weightedSum, weightSum, correct, probabilities, gradient };
}

/** log Σ exp(value), without overflow and without the underflow that a rounded probability would bring. */
function logOfExponentials(values: Float32Array): number {
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
