/**
 * How far two pictures show the same: the normalised correlation of their detail. Detail is what is left of a 64×64 picture when a
 * Gaussian of 2 pixels is taken away: ribs, vessels, lesions. The coarse shape of a chest, which all chests share, does not count.
 */
import { cropOf, smallEdge, type Box, type SmallPicture } from './smallPicture.ts';

/** Gaussian of the coarse shape, in pixels of the 64×64 picture. */
const sigma = 2;
const radius = 6;
const kernel = gaussian();

const whole: Box = { left: 0, top: 0, width: 1, height: 1 };

/** Unit vector of the detail of one picture, 64×64. */
export type Detail = Float32Array;

export function detailOf(picture: SmallPicture, box: Box = whole, mirrored = false): Detail {
  const values = cropOf(picture, box, smallEdge, mirrored);
  const coarse = blurred(values);
  let mean = 0;
  for (let index = 0; index < values.length; index++) {
    values[index]! -= coarse[index]!;
    mean += values[index]!;
  }
  mean /= values.length;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    values[index]! -= mean;
    squares += values[index]! * values[index]!;
  }
  // An even picture has no detail and is like no other.
  const norm = squares > 1e-3 ? 1 / Math.sqrt(squares) : 0;
  for (let index = 0; index < values.length; index++) values[index]! *= norm;
  return values;
}

/** −1 … 1; 1 for the same detail. */
export function correlation(a: Detail, b: Detail): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/** Refinement of the cut, in shares of the picture. */
const firstStep = 0.03;
const lastStep = 0.007;

/** Largest cut that is tried, in share of width and height. */
const largestCut = 0.2;

/** What a pair must reach after the first round, and when the first step gains nothing more, for aligning to go on. */
const hopefulAfterRound = 0.3;
const hopefulAfterStep = 0.45;

/**
 * The best correlation of `whole` with any cut of `cut`, starting from one cut and moving its edges by ever smaller steps. A picture that
 * was cropped fits the whole one only where the same margins are cut away.
 */
export function alignedCorrelation(fixed: Detail, moved: SmallPicture, start: Box, mirrored: boolean): number {
  let edges = [start.left, start.top, 1 - start.left - start.width, 1 - start.top - start.height];
  let best = correlation(fixed, detailOf(moved, boxOf(edges), mirrored));
  for (let step = firstStep; step >= lastStep; step /= 2) {
    for (let improved = true; improved;) {
      improved = false;
      for (let side = 0; side < edges.length; side++) {
        for (const direction of [step, -step]) {
          const next = edges.with(side, Math.min(largestCut, Math.max(0, edges[side]! + direction)));
          if (next[side] === edges[side]) continue;
          const value = correlation(fixed, detailOf(moved, boxOf(next), mirrored));
          if (value <= best + 1e-4) continue;
          best = value;
          edges = next;
          improved = true;
        }
      }
      if (best < hopefulAfterRound) return best;
    }
    if (best < hopefulAfterStep) return best;
  }
  return best;
}

function boxOf([left, top, right, bottom]: readonly number[]): Box {
  return { left: left!, top: top!, width: 1 - left! - right!, height: 1 - top! - bottom! };
}

/** Separable Gaussian; beyond the border the border's pixels are repeated. */
function blurred(values: Float32Array): Float32Array {
  const across = new Float32Array(values.length);
  const result = new Float32Array(values.length);
  const last = smallEdge - 1;
  for (let row = 0; row < smallEdge; row++) {
    for (let column = 0; column < smallEdge; column++) {
      let sum = 0;
      for (let tap = -radius; tap <= radius; tap++) {
        const at = column + tap;
        sum += kernel[tap + radius]! * values[row * smallEdge + (at < 0 ? 0 : at > last ? last : at)]!;
      }
      across[row * smallEdge + column] = sum;
    }
  }
  for (let row = 0; row < smallEdge; row++) {
    for (let tap = -radius; tap <= radius; tap++) {
      const weight = kernel[tap + radius]!;
      const at = row + tap;
      const from = (at < 0 ? 0 : at > last ? last : at) * smallEdge;
      for (let column = 0; column < smallEdge; column++) {
        result[row * smallEdge + column]! += weight * across[from + column]!;
      }
    }
  }
  return result;
}

function gaussian(): Float32Array {
  const weights = Float32Array.from({ length: 2 * radius + 1 }, (_, tap) =>
    Math.exp(-((tap - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
