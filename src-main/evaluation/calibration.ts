import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { PredictionTable } from './table.ts';

type Scores = Pick<PredictionTable, 'labels' | 'probabilities'>;

const binCount = 10;
/** Probabilities are cut to [1e-6, 1 − 1e-6] before the logit. */
const cut = 1e-6;

/** Ten equal-width bins, each holding its lower edge, the last also 1: n, mean probability, observed share of positives. */
export function calibrationBins({ labels, probabilities }: Scores): MetricsDocument['calibration']['bins'] {
  const counts = new Float64Array(binCount);
  const sums = new Float64Array(binCount);
  const positives = new Float64Array(binCount);
  for (let image = 0; image < labels.length; image += 1) {
    const bin = Math.min(binCount - 1, Math.floor(probabilities[image]! * binCount));
    counts[bin]! += 1;
    sums[bin]! += probabilities[image]!;
    positives[bin]! += labels[image]!;
  }
  return Array.from(counts, (n, bin) => ({
    low: bin / binCount,
    high: (bin + 1) / binCount,
    n,
    meanProbability: n === 0 ? null : sums[bin]! / n,
    observed: n === 0 ? null : positives[bin]! / n,
  }));
}

/** Expected calibration error: Σ n/N · |observed − mean probability| over the bins (Guo 2017); null without images. */
export function expectedCalibrationError(bins: MetricsDocument['calibration']['bins']): number | null {
  const total = bins.reduce((sum, bin) => sum + bin.n, 0);
  if (total === 0) return null;
  return bins.reduce(
    (sum, bin) => sum + (bin.n / total) * Math.abs((bin.observed ?? 0) - (bin.meanProbability ?? 0)),
    0,
  );
}

/** Mean squared difference between probability and outcome; null without images. */
export function brierScore({ labels, probabilities }: Scores): number | null {
  if (labels.length === 0) return null;
  let sum = 0;
  for (let image = 0; image < labels.length; image += 1) sum += (probabilities[image]! - labels[image]!) ** 2;
  return sum / labels.length;
}

export type CalibrationFit =
  | { kind: 'fitted'; slope: number; intercept: number }
  /** No finite maximum of the likelihood exists; `reason` says why in words. */
  | { kind: 'undefined'; reason: string };

/** Logistic regression of the outcome on logit(p) by Newton's method. */
export function fitCalibration(scores: Scores): CalibrationFit {
  const logits = Float64Array.from(scores.probabilities, (probability) => {
    const inside = Math.min(1 - cut, Math.max(cut, probability));
    return Math.log(inside / (1 - inside));
  });
  const obstacle = obstacleToFit(scores.labels, logits);
  if (obstacle !== null) return { kind: 'undefined', reason: obstacle };
  return newtonLogistic(scores.labels, logits);
}

/** In one dimension the maximum is finite exactly where both classes are there and their logits overlap (Albert & Anderson 1984). */
function obstacleToFit(labels: Uint8Array, logits: Float64Array): string | null {
  const negative = { low: Infinity, high: -Infinity };
  const positive = { low: Infinity, high: -Infinity };
  for (let image = 0; image < labels.length; image += 1) {
    const own = labels[image] === 1 ? positive : negative;
    own.low = Math.min(own.low, logits[image]!);
    own.high = Math.max(own.high, logits[image]!);
  }
  if (negative.low > negative.high || positive.low > positive.high) return 'one class has no image';
  if (Math.min(negative.low, positive.low) === Math.max(negative.high, positive.high)) return 'all scores are equal';
  if (negative.high <= positive.low || positive.high <= negative.low)
    return 'the scores separate the classes completely';
  return null;
}

/** Newton with step halving on a centred and scaled covariate; the returned slope and intercept belong to the unscaled one. */
function newtonLogistic(labels: Uint8Array, logits: Float64Array): CalibrationFit {
  const total = labels.length;
  let mean = 0;
  for (const logit of logits) mean += logit / total;
  let scale = 0;
  for (const logit of logits) scale += (logit - mean) ** 2 / total;
  scale = Math.sqrt(scale);
  const covariate = logits.map((logit) => (logit - mean) / scale);

  let constant = 0;
  let slope = 0;
  let likelihood = logLikelihood(labels, covariate, constant, slope);
  for (let step = 0; step < 200; step += 1) {
    const [constantStep, slopeStep] = newtonStep(labels, covariate, constant, slope);
    if (!Number.isFinite(constantStep) || !Number.isFinite(slopeStep)) {
      return { kind: 'undefined', reason: 'the classes overlap too little for a stable fit' };
    }
    let share = 1;
    let next = logLikelihood(labels, covariate, constant + constantStep, slope + slopeStep);
    while (!(next >= likelihood - 1e-9) && share > 1e-6) {
      share /= 2;
      next = logLikelihood(labels, covariate, constant + share * constantStep, slope + share * slopeStep);
    }
    constant += share * constantStep;
    slope += share * slopeStep;
    likelihood = next;
    if (Math.abs(constantStep) + Math.abs(slopeStep) < 1e-13 * (1 + Math.abs(constant) + Math.abs(slope))) break;
  }
  const unscaled = slope / scale;
  return { kind: 'fitted', slope: unscaled, intercept: constant - unscaled * mean };
}

function newtonStep(labels: Uint8Array, covariate: Float64Array, constant: number, slope: number): [number, number] {
  let gradientConstant = 0;
  let gradientSlope = 0;
  let information00 = 0;
  let information01 = 0;
  let information11 = 0;
  for (let image = 0; image < labels.length; image += 1) {
    const x = covariate[image]!;
    const probability = 1 / (1 + Math.exp(-(constant + slope * x)));
    const residual = labels[image]! - probability;
    const weight = probability * (1 - probability);
    gradientConstant += residual;
    gradientSlope += residual * x;
    information00 += weight;
    information01 += weight * x;
    information11 += weight * x * x;
  }
  const determinant = information00 * information11 - information01 * information01;
  return [
    (information11 * gradientConstant - information01 * gradientSlope) / determinant,
    (information00 * gradientSlope - information01 * gradientConstant) / determinant,
  ];
}

function logLikelihood(labels: Uint8Array, covariate: Float64Array, constant: number, slope: number): number {
  let sum = 0;
  for (let image = 0; image < labels.length; image += 1) {
    const score = constant + slope * covariate[image]!;
    // ln(1 + e^score) without overflow
    sum += labels[image]! * score - (Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))));
  }
  return sum;
}
