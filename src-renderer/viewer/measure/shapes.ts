/** Measurements as points of the image, and how they change when a hand moves one of them. */
import type { MeasurementKind } from '../../../src-shared/contract/viewer.ts';
import type { Point } from '../affine.ts';
import { pixelSize, type PictureShape } from '../view.ts';

export interface Shape {
  kind: MeasurementKind;
  /** Column and row, the centre of the first pixel is 0, 0. Meaning by kind: `measurementPoints` of the contract. */
  points: readonly Point[];
}

export const kindWords: Readonly<Record<MeasurementKind, string>> = {
  length: 'Length',
  angle: 'Angle',
  bidirectional: 'Two diameters',
  ellipse: 'Ellipse',
  rectangle: 'Rectangle',
  probe: 'Probe',
};

const plus = (one: Point, other: Point): Point => [one[0] + other[0], one[1] + other[1]];
const minus = (one: Point, other: Point): Point => [one[0] - other[0], one[1] - other[1]];
const times = (one: Point, factor: number): Point => [one[0] * factor, one[1] * factor];
const product = (one: Point, other: Point): number => one[0] * other[0] + one[1] * other[1];

/** Where the hands are that a person can take. */
export function handlesOf({ kind, points }: Shape): readonly Point[] {
  if (kind !== 'ellipse' && kind !== 'rectangle') return points;
  const [[left, top], [right, bottom]] = corners(points);
  if (kind === 'rectangle') {
    return [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ];
  }
  const x = (left + right) / 2;
  const y = (top + bottom) / 2;
  return [
    [left, y],
    [x, top],
    [right, y],
    [x, bottom],
  ];
}

/** Upper left and lower right corner. */
export function corners(points: readonly Point[]): readonly [Point, Point] {
  const [[x1, y1], [x2, y2]] = points as [Point, Point];
  return [
    [Math.min(x1, x2), Math.min(y1, y2)],
    [Math.max(x1, x2), Math.max(y1, y2)],
  ];
}

export function moved(shape: Shape, by: Point): Shape {
  return { ...shape, points: shape.points.map((point) => plus(point, by)) };
}

/** The shape after the hand `index` was taken to `to`. */
export function withHandle(shape: Shape, index: number, to: Point, picture: PictureShape): Shape {
  if (shape.kind === 'ellipse' || shape.kind === 'rectangle') return withEdge(shape, index, to);
  if (shape.kind === 'bidirectional') {
    return {
      ...shape,
      points:
        index < 2 ? withLongAxis(shape.points, index, to, picture) : withShortAxis(shape.points, index, to, picture),
    };
  }
  return { ...shape, points: shape.points.map((point, place) => (place === index ? to : point)) };
}

function withEdge(shape: Shape, index: number, to: Point): Shape {
  const [[left, top], [right, bottom]] = corners(shape.points);
  const ends = { left, top, right, bottom };
  const sides =
    shape.kind === 'rectangle'
      ? (
          [
            ['left', 'top'],
            ['right', 'top'],
            ['right', 'bottom'],
            ['left', 'bottom'],
          ] as const
        )[index]!
      : ([['left'], ['top'], ['right'], ['bottom']] as const)[index]!;
  for (const side of sides) ends[side] = side === 'left' || side === 'right' ? to[0] : to[1];
  return {
    ...shape,
    points: [
      [ends.left, ends.top],
      [ends.right, ends.bottom],
    ],
  };
}

/** Image coordinates in units, where right angles are right angles. */
function inUnits(points: readonly Point[], picture: PictureShape): Point[] {
  const [width, height] = pixelSize(picture);
  return points.map(([x, y]) => [x * width, y * height]);
}

function inPixels(points: readonly Point[], picture: PictureShape): Point[] {
  const [width, height] = pixelSize(picture);
  return points.map(([x, y]) => [x / width, y / height]);
}

/** Share of the long axis at which the short one crosses it, and how far the short one reaches to both sides, in units. */
function crossing([from, to, one, other]: readonly Point[]) {
  const axis = minus(to!, from!);
  const length = Math.hypot(...axis) || 1;
  const direction = times(axis, 1 / length);
  const across: Point = [-direction[1], direction[0]];
  const at = product(minus(one!, from!), direction) / length;
  return { direction, across, length, at, reach: [one!, other!].map((end) => product(minus(end, from!), across)) };
}

function shortAxis(
  from: Point,
  { direction, across, length, at }: ReturnType<typeof crossing>,
  reach: readonly number[],
) {
  const foot = plus(from, times(direction, Math.max(0, Math.min(1, at)) * length));
  return reach.map((distance) => plus(foot, times(across, distance)));
}

/** The short axis keeps its reach and its place along the long one, and stays at right angles. */
function withLongAxis(points: readonly Point[], index: number, to: Point, picture: PictureShape): Point[] {
  const before = inUnits(points, picture);
  const { at, reach } = crossing(before);
  const [target] = inUnits([to], picture);
  const long = [before[0]!, before[1]!].map((point, place) => (place === index ? target! : point));
  const next = crossing([long[0]!, long[1]!, long[0]!, long[0]!]);
  return inPixels([...long, ...shortAxis(long[0]!, { ...next, at }, reach)], picture);
}

/** The hand slides the short axis along the long one and stretches its own side. */
function withShortAxis(points: readonly Point[], index: number, to: Point, picture: PictureShape): Point[] {
  const before = inUnits(points, picture);
  const known = crossing(before);
  const [target] = inUnits([to], picture);
  const offset = minus(target!, before[0]!);
  const at = product(offset, known.direction) / known.length;
  const reach = known.reach.map((distance, side) => (side === index - 2 ? product(offset, known.across) : distance));
  return inPixels([before[0]!, before[1]!, ...shortAxis(before[0]!, { ...known, at }, reach)], picture);
}

/** What a drag from `from` to `to` draws; an angle gets its third point afterwards. */
export function drawn(kind: MeasurementKind, from: Point, to: Point, picture: PictureShape): Shape {
  if (kind === 'probe') return { kind, points: [to] };
  if (kind === 'angle') return { kind, points: [from, to, to] };
  if (kind !== 'bidirectional') return { kind, points: [from, to] };
  const [start, end] = inUnits([from, to], picture);
  const axis = minus(end!, start!);
  const across: Point = [-axis[1] / 4, axis[0] / 4];
  const centre = plus(start!, times(axis, 0.5));
  return { kind, points: inPixels([start!, end!, plus(centre, across), minus(centre, across)], picture) };
}

/** A shape of a fifth of the picture around a point, for drawing by key. */
export function placed(kind: MeasurementKind, [x, y]: Point, picture: PictureShape): Shape {
  const reach = Math.max(2, Math.round(Math.min(picture.rows, picture.columns) / 10));
  if (kind === 'probe') return { kind, points: [[x, y]] };
  if (kind === 'angle')
    return {
      kind,
      points: [
        [x + reach, y],
        [x, y],
        [x, y - reach],
      ],
    };
  if (kind === 'ellipse' || kind === 'rectangle')
    return {
      kind,
      points: [
        [x - reach, y - reach],
        [x + reach, y + reach],
      ],
    };
  return drawn(kind, [x - reach, y], [x + reach, y], picture);
}

/** A click without a drag draws nothing but a probe. `least` in pixels of the image. */
export function isTooSmall({ kind, points }: Shape, least: number): boolean {
  if (kind === 'probe') return false;
  const [first, second] = points as [Point, Point];
  const [width, height] = minus(second, first).map(Math.abs) as [number, number];
  return kind === 'ellipse' || kind === 'rectangle'
    ? Math.min(width, height) < least
    : Math.hypot(width, height) < least;
}
