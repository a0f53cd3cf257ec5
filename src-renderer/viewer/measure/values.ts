/** The figures of a measurement: pure functions of its points, the pixels and the spacing. */
import type { FrameFacts } from '../../../src-shared/contract/library.ts';
import { formatNumber } from '../../../src-shared/domain/format.ts';
import type { PixelArray } from '../../api/images.ts';
import type { Point } from '../affine.ts';
import { pixelSize, type PictureShape } from '../view.ts';
import { corners, type Shape } from './shapes.ts';

/** Of the pixels whose centre lies in the region. The standard deviation is that of these pixels (divided by n). */
export interface RegionStatistics {
  pixels: number;
  mean: number;
  deviation: number;
  minimum: number;
  maximum: number;
  /** Some of the region lies outside the image and has no pixels. */
  partlyOutside: boolean;
}

export type MeasuredValue =
  | { kind: 'length'; length: number }
  | { kind: 'bidirectional'; long: number; short: number }
  | { kind: 'angle'; degrees: number }
  | { kind: 'probe'; column: number; row: number; value: number | null }
  | { kind: 'ellipse' | 'rectangle'; area: number; statistics: RegionStatistics | null };

export interface Picture {
  facts: FrameFacts;
  pixels: PixelArray;
}

/** In mm, mm² and the units of the pixels; in pixels where the image has no millimetres. */
export function measure({ kind, points }: Shape, picture: Picture): MeasuredValue {
  switch (kind) {
    case 'length':
      return { kind, length: distance(points[0]!, points[1]!, picture.facts) };
    case 'bidirectional': {
      const axes = [distance(points[0]!, points[1]!, picture.facts), distance(points[2]!, points[3]!, picture.facts)];
      return { kind, long: Math.max(...axes), short: Math.min(...axes) };
    }
    case 'angle':
      return { kind, degrees: angle(points, picture.facts) };
    case 'probe':
      return { kind, ...probe(points[0]!, picture) };
    case 'ellipse':
    case 'rectangle': {
      const [[left, top], [right, bottom]] = corners(points);
      const [width, height] = pixelSize(picture.facts);
      const area = (right - left) * width * (bottom - top) * height * (kind === 'ellipse' ? Math.PI / 4 : 1);
      return { kind, area, statistics: regionStatistics(kind, points, picture) };
    }
  }
}

function distance(from: Point, to: Point, shape: PictureShape): number {
  const [width, height] = pixelSize(shape);
  return Math.hypot((to[0] - from[0]) * width, (to[1] - from[1]) * height);
}

/** At the second point, 0 … 180. */
function angle(points: readonly Point[], shape: PictureShape): number {
  const [width, height] = pixelSize(shape);
  const [one, vertex, other] = points.map(([x, y]) => [x * width, y * height]) as unknown as [Point, Point, Point];
  const first = [one[0] - vertex[0], one[1] - vertex[1]] as const;
  const second = [other[0] - vertex[0], other[1] - vertex[1]] as const;
  const cross = first[0] * second[1] - first[1] * second[0];
  return (Math.atan2(Math.abs(cross), first[0] * second[0] + first[1] * second[1]) * 180) / Math.PI;
}

/** The pixel on which a point lies; its value is null outside the image and in colour. */
export function probe([x, y]: Point, { facts, pixels }: Picture) {
  const column = Math.round(x);
  const row = Math.round(y);
  const inside = column >= 0 && row >= 0 && column < facts.columns && row < facts.rows;
  const value = inside && facts.samples === 1 ? (pixels[row * facts.columns + column] ?? null) : null;
  return { column, row, value };
}

/** Null where no pixel's centre lies inside, and for colour, which has no values to average. */
export function regionStatistics(
  kind: 'ellipse' | 'rectangle',
  points: readonly Point[],
  { facts, pixels }: Picture,
): RegionStatistics | null {
  if (facts.samples !== 1) return null;
  const [[left, top], [right, bottom]] = corners(points);
  const centre: Point = [(left + right) / 2, (top + bottom) / 2];
  const radius: Point = [(right - left) / 2, (bottom - top) / 2];
  const lastColumn = facts.columns - 1;
  const lastRow = facts.rows - 1;
  let count = 0;
  let mean = 0;
  let squares = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let row = Math.max(0, Math.ceil(top)); row <= Math.min(lastRow, Math.floor(bottom)); row += 1) {
    const height = radius[1] === 0 ? 0 : (row - centre[1]) / radius[1];
    const half = kind === 'rectangle' ? radius[0] : radius[0] * Math.sqrt(Math.max(0, 1 - height * height));
    // A centre on the boundary belongs to the region; the root may miss it by a rounding.
    const reach = half + 1e-9;
    const to = Math.min(lastColumn, Math.floor(centre[0] + reach));
    for (let column = Math.max(0, Math.ceil(centre[0] - reach)); column <= to; column += 1) {
      const value = pixels[row * facts.columns + column]!;
      count += 1;
      // Welford's running sums: exact enough for any number of pixels in one pass.
      const difference = value - mean;
      mean += difference / count;
      squares += difference * (value - mean);
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  }
  if (count === 0) return null;
  const partlyOutside = left < -0.5 || top < -0.5 || right > lastColumn + 0.5 || bottom > lastRow + 0.5;
  return { pixels: count, mean, deviation: Math.sqrt(squares / count), minimum, maximum, partlyOutside };
}

const unitWords: Readonly<Record<FrameFacts['units'], string>> = { HU: 'HU', gray: 'gray levels', unit: '' };

export function valueUnit(facts: FrameFacts): string {
  return unitWords[facts.units];
}

/** Lines to be written beside a measurement. */
export function valueLines(value: MeasuredValue, facts: FrameFacts): string[] {
  const unit = facts.spacing ? 'mm' : 'px';
  const gray = valueUnit(facts) === '' ? '' : ` ${valueUnit(facts)}`;
  switch (value.kind) {
    case 'length':
      return [`${formatNumber(value.length, 1)} ${unit}`];
    case 'bidirectional':
      return [`${formatNumber(value.long, 1)} × ${formatNumber(value.short, 1)} ${unit}`];
    case 'angle':
      return [`${formatNumber(value.degrees, 1)}°`];
    case 'probe':
      return [
        value.value === null ? 'no value' : `${formatNumber(value.value, 0)}${gray}`,
        `${value.column}, ${value.row}`,
      ];
    case 'ellipse':
    case 'rectangle': {
      const area = `${formatNumber(value.area, 1)} ${unit}²`;
      const { statistics } = value;
      if (!statistics) return [area, facts.samples === 3 ? 'colour: no values' : 'no pixel inside'];
      return [
        `Mean ${formatNumber(statistics.mean, 1)}  SD ${formatNumber(statistics.deviation, 1)}${gray}`,
        `Min ${formatNumber(statistics.minimum, 0)}  Max ${formatNumber(statistics.maximum, 0)}${gray}`,
        `${area}  ${statistics.pixels} pixels${statistics.partlyOutside ? ', partly outside' : ''}`,
      ];
    }
  }
}
