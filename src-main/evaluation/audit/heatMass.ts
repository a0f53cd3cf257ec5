/** How much of a heat map lies outside a region. */

export interface CoarseMap {
  /** `edge × edge`, row-major; what is below 0 counts as 0. */
  values: Float32Array;
  edge: number;
  /** Edge in pixels of the square that one value stands for. */
  cell: number;
}

export interface RegionShare {
  /** Of the map's mass, 0 … 1. */
  mass: number;
  /** Of the area that the map covers, 0 … 1. */
  area: number;
}

/**
 * Share of the mass and of the area outside `mask` (`size × size`, 1 inside). Each value is spread evenly over its square; pixels
 * beyond the last square have none. Null where the map has no mass.
 */
export function shareOutside(map: CoarseMap, mask: Uint8Array, size: number): RegionShare | null {
  let total = 0;
  let outsideMass = 0;
  let outsidePixels = 0;
  const pixelsPerCell = map.cell * map.cell;
  for (let row = 0; row < map.edge; row += 1) {
    for (let column = 0; column < map.edge; column += 1) {
      const outside = pixelsPerCell - countInside(mask, size, row * map.cell, column * map.cell, map.cell);
      const value = Math.max(0, map.values[row * map.edge + column]!);
      total += value;
      outsideMass += value * (outside / pixelsPerCell);
      outsidePixels += outside;
    }
  }
  if (total <= 0) return null;
  return { mass: Math.min(1, outsideMass / total), area: outsidePixels / (pixelsPerCell * map.edge * map.edge) };
}

function countInside(mask: Uint8Array, size: number, top: number, left: number, edge: number): number {
  let inside = 0;
  for (let row = top; row < top + edge; row += 1) {
    for (let column = left; column < left + edge; column += 1) inside += mask[row * size + column]!;
  }
  return inside;
}
