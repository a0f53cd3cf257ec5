import { describe, expect, it } from 'vitest';
import type { Point } from '../affine.ts';
import { drawn, handlesOf, isTooSmall, moved, placed, withHandle } from './shapes.ts';

const square = { rows: 100, columns: 100, spacing: [1, 1] as const };
/** Twice as high as wide. */
const tall = { rows: 100, columns: 100, spacing: [2, 1] as const };

function scalar(points: readonly Point[], picture: { spacing: readonly [number, number] }): number {
  const [a, b, c, d] = points as [Point, Point, Point, Point];
  const [height, width] = picture.spacing;
  return (b[0] - a[0]) * (d[0] - c[0]) * width ** 2 + (b[1] - a[1]) * (d[1] - c[1]) * height ** 2;
}

describe('two diameters', () => {
  it.each([square, tall])('stand at right angles when drawn and however they are changed', (picture) => {
    let shape = drawn('bidirectional', [10, 10], [50, 30], picture);
    expect(scalar(shape.points, picture)).toBeCloseTo(0);
    shape = withHandle(shape, 1, [40, 60], picture);
    expect(scalar(shape.points, picture)).toBeCloseTo(0);
    shape = withHandle(shape, 2, [5, 50], picture);
    expect(scalar(shape.points, picture)).toBeCloseTo(0);
  });

  it('move the short one along the long one with the hand', () => {
    const before = drawn('bidirectional', [0, 0], [40, 0], square);
    const after = withHandle(before, 2, [30, 15], square);
    expect(after.points[2]).toEqual([30, 15]);
    expect(after.points[3]![0]).toBeCloseTo(30);
    expect(after.points[3]![1]).toBeCloseTo(-10);
  });
});

describe('boxes', () => {
  it('give an ellipse a hand at each end of its axes', () => {
    expect(
      handlesOf({
        kind: 'ellipse',
        points: [
          [30, 40],
          [10, 20],
        ],
      }),
    ).toEqual([
      [10, 30],
      [20, 20],
      [30, 30],
      [20, 40],
    ]);
  });
  it('move one edge of an ellipse and two of a rectangle', () => {
    expect(
      withHandle(
        {
          kind: 'ellipse',
          points: [
            [10, 20],
            [30, 40],
          ],
        },
        2,
        [50, 0],
        square,
      ).points,
    ).toEqual([
      [10, 20],
      [50, 40],
    ]);
    expect(
      withHandle(
        {
          kind: 'rectangle',
          points: [
            [10, 20],
            [30, 40],
          ],
        },
        0,
        [5, 6],
        square,
      ).points,
    ).toEqual([
      [5, 6],
      [30, 40],
    ]);
  });
});

describe('any shape', () => {
  it('is moved as a whole', () => {
    expect(
      moved(
        {
          kind: 'angle',
          points: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        },
        [10, 20],
      ).points,
    ).toEqual([
      [11, 22],
      [13, 24],
      [15, 26],
    ]);
  });
  it('is nothing after a click without a drag, but for a probe', () => {
    expect(isTooSmall(drawn('length', [1, 1], [1, 2], square), 3)).toBe(true);
    expect(isTooSmall(drawn('rectangle', [1, 1], [50, 2], square), 3)).toBe(true);
    expect(isTooSmall(drawn('probe', [1, 1], [1, 1], square), 3)).toBe(false);
  });
  it('can be placed by key and has a size then', () => {
    for (const kind of ['length', 'angle', 'bidirectional', 'ellipse', 'rectangle'] as const) {
      expect(isTooSmall(placed(kind, [50, 50], square), 3)).toBe(false);
    }
  });
});
