/** How the slices of a series lie along their normal: their distance, and where slices are missing or lie twice. */

export interface SlicePlace {
  /** Millimetres along the normal; null without position and orientation. */
  position: number | null;
  /** Direction cosines as stored: slices of another orientation (a scout) do not count. */
  orientation: string | null;
}

export interface SliceSpacing {
  millimetres: number;
  gaps: { after: number; missing: number }[];
  duplicates: number[];
  unplaced: number;
}

/** Slices nearer than this lie in the same place; tables move in steps of at least 0.1 mm. */
const sameMillimetres = 0.01;
/** A distance of at least so many spacings is a gap: rounded positions of good series stay well below. */
const gapFactor = 1.5;

/** `places` in the order of the stack, which is by position. Null where fewer than three slices have a place. */
export function sliceSpacing(places: readonly SlicePlace[]): SliceSpacing | null {
  const orientation = mostFrequent(places.flatMap((place) => (place.position === null ? [] : [rounded(place)])));
  const placed = places.flatMap((place, index) =>
    place.position !== null && rounded(place) === orientation ? [{ index, position: place.position }] : [],
  );
  const steps = placed.slice(1).map(({ index, position }, at) => ({
    before: placed[at]!.index,
    index,
    distance: position - placed[at]!.position,
  }));
  const apart = steps.filter(({ distance }) => distance > sameMillimetres);
  if (placed.length < 3 || apart.length === 0) return null;
  const millimetres = mostFrequentDistance(apart.map(({ distance }) => distance));
  return {
    millimetres,
    gaps: apart
      .filter(({ distance }) => distance >= gapFactor * millimetres)
      .map(({ before, distance }) => ({ after: before, missing: Math.max(1, Math.round(distance / millimetres) - 1) })),
    duplicates: steps.filter(({ distance }) => distance <= sameMillimetres).map(({ index }) => index),
    unplaced: places.length - placed.length,
  };
}

/**
 * The slices of most with the same orientation first, in the order they are given; scouts and other planes, which have no place between them, last.
 * Slices without an orientation stay where they are, and all do where no orientation is that of most.
 */
export function otherPlanesLast<T extends Pick<SlicePlace, 'orientation'>>(slices: readonly T[]): T[] {
  const orientations = slices.map(rounded);
  const known = orientations.filter((orientation) => orientation !== '');
  const most = mostFrequent(known);
  if (known.filter((orientation) => orientation === most).length * 2 <= known.length) return [...slices];
  const isOther = (place: number) => orientations[place] !== '' && orientations[place] !== most;
  return [...slices.filter((_, place) => !isOther(place)), ...slices.filter((_, place) => isOther(place))];
}

/** Direction cosines to two decimals: rounding of the last places makes no other orientation. */
function rounded({ orientation }: Pick<SlicePlace, 'orientation'>): string {
  const cosines: unknown = orientation === null ? null : JSON.parse(orientation);
  return Array.isArray(cosines) ? cosines.map((one) => Number(one).toFixed(2).replace('-0.00', '0.00')).join() : '';
}

function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The middle of the distances that agree to a tenth of a millimetre with most others. */
function mostFrequentDistance(distances: readonly number[]): number {
  const step = mostFrequent(distances.map((distance) => distance.toFixed(1)));
  const agreeing = distances.filter((distance) => distance.toFixed(1) === step).sort((a, b) => a - b);
  return agreeing[Math.floor(agreeing.length / 2)]!;
}
