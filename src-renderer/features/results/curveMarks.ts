/** From a place on a chart to the images behind it. */
import type { Point } from '../../../src-shared/charts/index.ts';
import type { MetricsDocument } from '../../../src-shared/contract/metrics.ts';
import type { PredictionMarks } from '../../../src-shared/contract/predictionMarks.ts';

/** A pointer further than this from a curve, in shares of the axes, means nothing. */
const reach = 0.06;

/** Place of the curve's point nearest to `at`; null where none is within reach. */
export function nearestPlace(points: readonly Point[], at: Point, within = reach): number | null {
  let best: number | null = null;
  let least = within;
  points.forEach(([x, y], place) => {
    const distance = Math.hypot(x - at[0], y - at[1]);
    if (distance > least) return;
    least = distance;
    best = place;
  });
  return best;
}

/** Images that a point of a curve adds to those called positive: their score is its threshold. Thresholds descend; the first may be null. */
export function marksOfPoint(
  curve: readonly { threshold: number | null }[],
  place: number,
): Pick<PredictionMarks, 'probability'> | null {
  const at = curve[place]?.threshold === null ? place + 1 : place;
  const threshold = curve[at]?.threshold;
  if (threshold === undefined || threshold === null) return null;
  return { probability: { from: threshold, to: curve[at - 1]?.threshold ?? 1 } };
}

type Bin = MetricsDocument['calibration']['bins'][number];

export function marksOfBin(bin: Bin, label: string | null = null): Pick<PredictionMarks, 'probability' | 'label'> {
  return { probability: { from: bin.low, to: bin.high }, label };
}

/** The bin in which a probability lies. */
export function binOf(bins: readonly Bin[], probability: number): Bin | null {
  return bins.find((bin) => probability < bin.high) ?? bins.at(-1) ?? null;
}

/** About `count` places spread evenly over a curve, the anchor without a threshold left out: for a list that keys can reach. */
export function spreadPlaces(curve: readonly { threshold: number | null }[], count: number): number[] {
  const places = curve.flatMap((point, place) => (point.threshold === null ? [] : [place]));
  if (places.length <= count) return places;
  const step = (places.length - 1) / (count - 1);
  return Array.from({ length: count }, (_unused, at) => places[Math.round(at * step)]!);
}
