export type Point = readonly [x: number, y: number];

/** At most about `limit` points of a curve, first and last kept; points in the middle of a straight horizontal or vertical stretch go first. */
export function thinCurve(points: readonly Point[], limit = 600): Point[] {
  const corners = points.filter((point, place) => {
    const before = points[place - 1];
    const after = points[place + 1];
    if (before === undefined || after === undefined) return true;
    const horizontal = before[1] === point[1] && point[1] === after[1];
    const vertical = before[0] === point[0] && point[0] === after[0];
    return !horizontal && !vertical;
  });
  if (corners.length <= limit) return corners;
  const step = (corners.length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_unused, place) => corners[Math.round(place * step)]!);
}
