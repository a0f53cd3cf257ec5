/** Plane affine maps in CSS order: x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Point = readonly [x: number, y: number];
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export function apply([a, b, c, d, e, f]: Affine, [x, y]: Point): Point {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** The map that undoes this one; the map must not be flat. */
export function inverse([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * d - b * c;
  return [
    d / determinant,
    -b / determinant,
    -c / determinant,
    a / determinant,
    (c * f - d * e) / determinant,
    (b * e - a * f) / determinant,
  ];
}

/** First `inner`, then `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  const [a, b] = apply([outer[0], outer[1], outer[2], outer[3], 0, 0], [inner[0], inner[1]]);
  const [c, d] = apply([outer[0], outer[1], outer[2], outer[3], 0, 0], [inner[2], inner[3]]);
  const [e, f] = apply(outer, [inner[4], inner[5]]);
  return [a, b, c, d, e, f];
}

export function cssMatrix(map: Affine): string {
  return `matrix(${map.join(', ')})`;
}
