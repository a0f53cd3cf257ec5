/**
 * What the pictures of a project have in common: the leading directions of the details of a sample of them (a principal component analysis
 * about zero, so that their mean is part of it). Drawings by one hand, phantoms and pictures with little texture resemble each other in
 * outline and frame; what is left when that is taken away tells whether two of them show the same.
 */
import { correlation, type Detail } from './similarity.ts';

/** Pictures of the sample at most; fewer than the least say too little of what is common. */
const mostSampled = 256;
const leastSampled = 64;
/** Directions that count as common: one for every 16 pictures of the sample, 16 at most. Copies, which are few, must not be among them. */
const picturesPerDirection = 16;
const mostDirections = 16;
/** A picture that is this much like one of the sample is left out of it: copies are not what is common. */
const copy = 0.95;

/** Correlation of what is left of two details; 0 where nothing is left. */
export type RemainingCorrelation = (one: Detail, two: Detail) => number;

/** Null where there are too few pictures to tell what is common. @param detail by place; asked for a spread of 0 … count − 1 */
export function withoutCommonDetail(count: number, detail: (place: number) => Detail): RemainingCorrelation | null {
  const step = Math.max(1, count / mostSampled);
  const drawn: Detail[] = [];
  for (let at = 0; Math.floor(at) < count; at += step) drawn.push(detail(Math.floor(at)));
  const different = drawn.filter(
    (one, place) => !drawn.slice(0, place).some((known) => correlation(known, one) > copy),
  );
  // Where nearly all are that alike, it is by kind and not by origin.
  const sample = different.length < leastSampled ? drawn : different;
  if (sample.length < leastSampled) return null;
  const alike = sample.map((one, place) => sample.slice(0, place + 1).map((known) => correlation(known, one)));
  const wanted = Math.min(mostDirections, Math.floor(sample.length / picturesPerDirection));
  const directions = leadingDirections(sample, alike, wanted);
  return (one, two) => {
    const left = without(one, directions);
    const right = without(two, directions);
    const length = Math.sqrt(correlation(left, left) * correlation(right, right));
    return length > 1e-9 ? correlation(left, right) / length : 0;
  };
}

function without(detail: Detail, directions: readonly Detail[]): Detail {
  const rest = detail.slice();
  for (const direction of directions) add(rest, direction, -correlation(rest, direction));
  return rest;
}

function add(to: Float32Array, direction: Float32Array, share: number): void {
  for (let index = 0; index < to.length; index++) to[index]! += share * direction[index]!;
}

/** Unit vectors, orthogonal to each other: sums of the sample's pictures, weighted by the leading eigenvectors of their correlations. */
function leadingDirections(sample: readonly Detail[], alike: readonly number[][], wanted: number): Detail[] {
  const weights = leadingEigenvectors(alike, wanted);
  return weights.map((own) => {
    const direction = new Float32Array(sample[0]!.length);
    sample.forEach((one, place) => add(direction, one, own[place]!));
    const length = Math.sqrt(correlation(direction, direction));
    return direction.map((value) => value / length);
  });
}

/** Of a symmetric matrix given by its lower triangle: by subspace iteration, which is near enough after some rounds. */
function leadingEigenvectors(triangle: readonly number[][], wanted: number): Float64Array[] {
  const rounds = 60;
  const size = triangle.length;
  const entry = (row: number, column: number) => (row < column ? triangle[column]![row]! : triangle[row]![column]!);
  const matrix = Float64Array.from({ length: size * size }, (_, at) => entry(Math.floor(at / size), at % size));
  let vectors = orthonormal(
    Array.from({ length: wanted }, (_, own) =>
      Float64Array.from({ length: size }, (__, at) => (at % wanted === own ? 1 : 0)),
    ),
  );
  for (let round = 0; round < rounds; round++) {
    vectors = orthonormal(
      vectors.map((vector) =>
        vector.map((_, row) => {
          let sum = 0;
          for (let column = 0; column < size; column++) sum += matrix[row * size + column]! * vector[column]!;
          return sum;
        }),
      ),
    );
  }
  return vectors;
}

/** Gram–Schmidt; what depends on those before it is dropped. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const product = (one: Float64Array, two: Float64Array) => one.reduce((sum, value, at) => sum + value * two[at]!, 0);
  const result: Float64Array[] = [];
  for (const vector of vectors) {
    let rest = vector;
    for (const known of result) {
      const share = product(rest, known);
      rest = rest.map((value, at) => value - share * known[at]!);
    }
    const length = Math.sqrt(product(rest, rest));
    if (length > 1e-9) result.push(rest.map((value) => value / length));
  }
  return result;
}
