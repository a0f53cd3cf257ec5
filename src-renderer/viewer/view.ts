/**
 * How a picture lies in its pane. Image coordinates count columns and rows from the centre of the first pixel; a unit is a
 * millimetre, or a pixel where no millimetres are known; the screen is counted in CSS pixels from the pane's upper left corner.
 */
import { apply, compose, inverse, type Affine, type Point } from './affine.ts';

export interface PictureShape {
  rows: number;
  columns: number;
  /** Distance between rows and between columns in mm. */
  spacing: readonly [row: number, column: number] | null;
}

export interface PaneSize {
  width: number;
  height: number;
}

/** Quarter turns and mirrors, as the matrix [[a, b], [c, d]] from image directions to screen directions. */
export type Turn = readonly [a: number, b: number, c: number, d: number];
export const upright: Turn = [1, 0, 0, 1];

export interface View {
  /** Fitted views follow the pane's size. */
  fitted: boolean;
  /** Image point in the middle of the pane. */
  centre: Point;
  /** CSS pixels per unit. */
  scale: number;
  turn: Turn;
}

/** Width and height of a pixel in units. */
export function pixelSize({ spacing }: PictureShape): Point {
  return spacing ? [spacing[1], spacing[0]] : [1, 1];
}

const middle = ({ rows, columns }: PictureShape): Point => [(columns - 1) / 2, (rows - 1) / 2];

export function fittedView(shape: PictureShape, pane: PaneSize, turn: Turn = upright): View {
  const [pixelWidth, pixelHeight] = pixelSize(shape);
  const extents = [shape.columns * pixelWidth, shape.rows * pixelHeight] as const;
  const [width, height] = turn[0] === 0 ? [extents[1], extents[0]] : extents;
  const scale = Math.max(1e-6, Math.min(pane.width / width, pane.height / height));
  return { fitted: true, centre: middle(shape), scale, turn };
}

/** Image coordinates → screen. */
export function matrixOf({ centre, scale, turn }: View, shape: PictureShape, pane: PaneSize): Affine {
  const [pixelWidth, pixelHeight] = pixelSize(shape);
  const [a, b, c, d] = turn;
  const horizontal = scale * pixelWidth;
  const vertical = scale * pixelHeight;
  const linear: Affine = [a * horizontal, c * horizontal, b * vertical, d * vertical, 0, 0];
  const [x, y] = apply(linear, centre);
  return [linear[0], linear[1], linear[2], linear[3], pane.width / 2 - x, pane.height / 2 - y];
}

/** Box of the picture with its corner at 0, 0 and one CSS pixel per image pixel → screen, for layers that lie on the picture. */
export function layerMatrix(matrix: Affine): Affine {
  return compose(matrix, [1, 0, 0, 1, -0.5, -0.5]);
}

/** One pixel of the image on one of the display (the smaller side where pixels are not square), edges on the display's own. */
export function oneToOneView(view: View, shape: PictureShape, pane: PaneSize, displayRatio: number): View {
  const scale = 1 / (Math.min(...pixelSize(shape)) * displayRatio);
  const next = { ...view, fitted: false, scale };
  const corner = apply(matrixOf(next, shape, pane), [-0.5, -0.5]);
  const onDisplay = corner.map((one) => Math.round(one * displayRatio) / displayRatio - one);
  return movedBy(next, shape, pane, onDisplay[0]!, onDisplay[1]!);
}

/** Moves the picture on the screen. */
export function movedBy(view: View, shape: PictureShape, pane: PaneSize, x: number, y: number): View {
  const back = inverse(matrixOf(view, shape, pane));
  return { ...view, fitted: false, centre: apply(back, [pane.width / 2 - x, pane.height / 2 - y]) };
}

const smallestZoom = 0.02;
const largestZoom = 60;

/** Enlarges about a point of the screen, which stays where it is. */
export function zoomedAt(view: View, shape: PictureShape, pane: PaneSize, factor: number, at: Point): View {
  const pixel = Math.min(...pixelSize(shape));
  const scale = Math.max(smallestZoom / pixel, Math.min(largestZoom / pixel, view.scale * factor));
  const held = apply(inverse(matrixOf(view, shape, pane)), at);
  const next = { ...view, fitted: false, scale };
  const now = apply(matrixOf(next, shape, pane), held);
  return movedBy(next, shape, pane, at[0] - now[0], at[1] - now[1]);
}

/** A quarter turn clockwise of what is seen. */
export function turned(view: View): View {
  const [a, b, c, d] = view.turn;
  return { ...view, turn: [-c, -d, a, b].map((one) => one + 0) as unknown as Turn };
}

/** Mirrors what is seen. */
export function flipped(view: View, axis: 'horizontal' | 'vertical'): View {
  const [a, b, c, d] = view.turn;
  return { ...view, turn: axis === 'horizontal' ? [-a + 0, -b + 0, c, d] : [a, b, -c + 0, -d + 0] };
}

/** Display pixels per image pixel along a row. */
export function zoomOf(view: View, shape: PictureShape, displayRatio: number): number {
  return view.scale * pixelSize(shape)[0] * displayRatio;
}
