/** Letters of patient directions, PS3.3 C.7.6.1.1.1: L(eft), P(osterior), H(ead) count up along x, y, z. */
import type { Turn } from './view.ts';

export type Vector = readonly [number, number, number];

const letters: readonly (readonly [up: string, down: string])[] = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
];
/** Below this share of the direction an axis is not named. */
const smallest = 0.2;
const mostLetters = 2;

/** "A", or "AL" for an oblique direction, the greater part first. */
export function directionLetters(direction: Vector): string {
  return direction
    .map((value, axis) => ({ value, axis }))
    .filter(({ value }) => Math.abs(value) > smallest)
    .sort((one, other) => Math.abs(other.value) - Math.abs(one.value) || one.axis - other.axis)
    .slice(0, mostLetters)
    .map(({ value, axis }) => letters[axis]![value > 0 ? 0 : 1])
    .join('');
}

export interface EdgeLetters {
  left: string;
  right: string;
  top: string;
  bottom: string;
}

/** Letters at the four edges of the screen; `orientation` holds the cosines along a row, then along a column. */
export function edgeLetters(orientation: readonly number[], [a, b, c, d]: Turn): EdgeLetters {
  const row = orientation.slice(0, 3);
  const column = orientation.slice(3, 6);
  const along = (x: number, y: number): string =>
    directionLetters([0, 1, 2].map((axis) => x * row[axis]! + y * column[axis]!) as unknown as Vector);
  // The inverse of a turn is its transpose: screen right is (a, b), screen down is (c, d) of the image.
  return { right: along(a, b), left: along(-a, -b), bottom: along(c, d), top: along(-c, -d) };
}

export function normalOf(orientation: readonly number[]): Vector {
  const [a, b, c, d, e, f] = orientation as [number, number, number, number, number, number];
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

export function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, axis) => sum + value * other[axis]!, 0);
}

/** "H 123.4 mm": where the slice lies along its normal, named by the greater axis. */
export function slicePositionWords(position: Vector, orientation: readonly number[]): string {
  const normal = normalOf(orientation);
  const axis = normal.reduce((best, value, at) => (Math.abs(value) > Math.abs(normal[best]!) ? at : best), 0);
  const along = position[axis]!;
  return `${letters[axis]![along >= 0 ? 0 : 1]} ${Math.abs(along).toFixed(1)} mm`;
}
