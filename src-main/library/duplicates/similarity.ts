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
  const isWhole = box === whole && !mirrored;
  const values = isWhole ? Float32Array.from(picture) : cropOf(picture, box, smallEdge, mirrored);
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
 * The best correlation of `fixed` with any cut of `moved`, starting from one cut and moving its edges by ever smaller steps. A picture that
 * was cropped fits the whole one only where the same margins are cut away. The cut is looked for in the picture's own detail, which is the detail
 * of the cut but for the margins and ten times as fast; what is returned is the detail of the cut that was found.
 */
export function align(
  fixed: Detail,
  moved: { picture: SmallPicture; detail: Detail },
  start: Box,
  mirrored: boolean,
): { similarity: number; box: Box } {
  let edges = [start.left, start.top, 1 - start.left - start.width, 1 - start.top - start.height];
  let best = cutCorrelation(fixed, moved.detail, start, mirrored);
  let hopeful = true;
  for (let step = firstStep; step >= lastStep && hopeful; step /= 2) {
    for (let improved = true; improved && hopeful;) {
      improved = false;
      for (let side = 0; side < edges.length; side++) {
        for (const direction of [step, -step]) {
          const next = edges.with(side, Math.min(largestCut, Math.max(0, edges[side]! + direction)));
          if (next[side] === edges[side]) continue;
          const value = cutCorrelation(fixed, moved.detail, boxOf(next), mirrored);
          if (value <= best + 1e-4) continue;
          best = value;
          edges = next;
          improved = true;
        }
      }
      hopeful = best >= hopefulAfterRound;
    }
    hopeful &&= best >= hopefulAfterStep;
  }
  const box = boxOf(edges);
  return { similarity: hopeful ? correlation(fixed, detailOf(moved.picture, box, mirrored)) : best, box };
}

function boxOf([left, top, right, bottom]: readonly number[]): Box {
  return { left: left!, top: top!, width: 1 - left! - right!, height: 1 - top! - bottom! };
}

/** Correlation of `fixed` with a cut of another picture's detail, read between its pixels and normalised as it is read. */
export function cutCorrelation(fixed: Detail, detail: Detail, box: Box, mirrored: boolean): number {
  const across = samples(box.left, box.width, mirrored);
  const down = samples(box.top, box.height, false);
  let product = 0;
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < smallEdge; row++) {
    const upper = down.first[row]! * smallEdge;
    const lower = Math.min(upper + smallEdge, (smallEdge - 1) * smallEdge);
    const below = down.share[row]!;
    for (let column = 0; column < smallEdge; column++) {
      const left = across.first[column]!;
      const right = left + 1 < smallEdge ? left + 1 : left;
      const share = across.share[column]!;
      const above = detail[upper + left]! * (1 - share) + detail[upper + right]! * share;
      const under = detail[lower + left]! * (1 - share) + detail[lower + right]! * share;
      const value = above * (1 - below) + under * below;
      product += fixed[row * smallEdge + column]! * value;
      sum += value;
      squares += value * value;
    }
  }
  const variance = squares - (sum * sum) / fixed.length;
  // `fixed` has mean 0 and length 1, so only the cut is to be normalised.
  return variance > 1e-12 ? product / Math.sqrt(variance) : 0;
}

/** Pixel at or before each of the samples of a cut, and how far the sample lies towards the next. */
function samples(start: number, length: number, mirrored: boolean): { first: Uint8Array; share: Float32Array } {
  const first = new Uint8Array(smallEdge);
  const share = new Float32Array(smallEdge);
  for (let index = 0; index < smallEdge; index++) {
    const at = mirrored ? smallEdge - 1 - index : index;
    const place = Math.min(Math.max((start + ((at + 0.5) / smallEdge) * length) * smallEdge - 0.5, 0), smallEdge - 1);
    first[index] = Math.floor(place);
    share[index] = place - first[index]!;
  }
  return { first, share };
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
