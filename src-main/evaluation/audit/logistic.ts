/** Logistic regression with a ridge penalty, by Newton's method; small on purpose, for tens of features. */

export interface LogisticModel {
  intercept: number;
  weights: Float64Array;
}

const mostSteps = 100;
const closeEnough = 1e-12;

/**
 * Minimises Σ log-loss + ½ ‖w‖² (the intercept is free), which is scikit-learn's LogisticRegression with C = 1.
 *
 * @param rows one row of features per case, all of the same length
 * @param labels 1 or 0; both must occur
 */
export function fitLogistic(rows: readonly Float64Array[], labels: readonly number[]): LogisticModel {
  const features = rows[0]?.length ?? 0;
  const order = features + 1;
  let parameters = new Float64Array(order);
  for (let step = 0; step < mostSteps; step += 1) {
    const gradient = new Float64Array(order);
    const hessian = Array.from({ length: order }, () => new Float64Array(order));
    for (const [place, row] of rows.entries()) {
      const probability = probabilityAt(parameters, row);
      const residual = probability - labels[place]!;
      const weight = probability * (1 - probability);
      for (let first = 0; first < order; first += 1) {
        const a = first === 0 ? 1 : row[first - 1]!;
        gradient[first]! += residual * a;
        for (let second = 0; second <= first; second += 1) {
          hessian[first]![second]! += weight * a * (second === 0 ? 1 : row[second - 1]!);
        }
      }
    }
    for (let feature = 1; feature < order; feature += 1) {
      gradient[feature]! += parameters[feature]!;
      hessian[feature]![feature]! += 1;
    }
    const change = solveSymmetric(hessian, gradient);
    // A long step from flat probabilities may overshoot: half of it until the loss falls.
    const before = penalisedLoss(parameters, rows, labels);
    let share = 1;
    const moved = (by: number) => parameters.map((value, place) => value - by * change[place]!);
    while (penalisedLoss(moved(share), rows, labels) > before + 1e-12 && share > 1e-6) share /= 2;
    parameters = moved(share);
    if (Math.max(...change.map(Math.abs)) < closeEnough) break;
  }
  return { intercept: parameters[0]!, weights: parameters.slice(1) };
}

export function predictLogistic({ intercept, weights }: LogisticModel, row: Float64Array): number {
  return sigmoid(weights.reduce((sum, weight, place) => sum + weight * row[place]!, intercept));
}

function probabilityAt(parameters: Float64Array, row: Float64Array): number {
  return sigmoid(row.reduce((sum, value, place) => sum + value * parameters[place + 1]!, parameters[0]!));
}

function penalisedLoss(parameters: Float64Array, rows: readonly Float64Array[], labels: readonly number[]): number {
  let loss = 0;
  for (const [place, row] of rows.entries()) {
    const logit = row.reduce((sum, value, column) => sum + value * parameters[column + 1]!, parameters[0]!);
    // log(1 + e^x) without overflow
    loss += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - labels[place]! * logit;
  }
  return loss + parameters.slice(1).reduce((sum, value) => sum + value * value, 0) / 2;
}

function sigmoid(logit: number): number {
  return logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit));
}

/** Solves H x = g by Cholesky; only the lower half of the positive definite H is read, and overwritten. */
function solveSymmetric(lower: Float64Array[], right: Float64Array): Float64Array {
  const order = right.length;
  for (let row = 0; row < order; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let value = lower[row]![column]!;
      for (let k = 0; k < column; k += 1) value -= lower[row]![k]! * lower[column]![k]!;
      lower[row]![column] = row === column ? Math.sqrt(Math.max(value, 1e-12)) : value / lower[column]![column]!;
    }
  }
  const result = Float64Array.from(right);
  for (let row = 0; row < order; row += 1) {
    for (let k = 0; k < row; k += 1) result[row]! -= lower[row]![k]! * result[k]!;
    result[row]! /= lower[row]![row]!;
  }
  for (let row = order - 1; row >= 0; row -= 1) {
    for (let k = row + 1; k < order; k += 1) result[row]! -= lower[k]![row]! * result[k]!;
    result[row]! /= lower[row]![row]!;
  }
  return result;
}
