import { createRandom } from './random.ts';

/** Small pure functions that the phantom's shapes are built from. Lengths are millimetres. */

export const clamp = (value: number, low: number, high: number): number =>
  value < low ? low : value > high ? high : value;

export const mix = (from: number, to: number, share: number): number => from + (to - from) * share;

/** Several times faster than Math.hypot, which guards against overflow. */
export const planarLength = (x: number, y: number): number => Math.sqrt(x * x + y * y);

/** 0 below `start`, 1 above `end`, smooth between; `start` may be the larger one. */
export function smoothStep(start: number, end: number, value: number): number {
  const x = clamp((value - start) / (end - start), 0, 1);
  return x * x * (3 - 2 * x);
}

/** Union of two signed distances whose crease is rounded over `radius` millimetres. */
export function smoothUnion(first: number, second: number, radius: number): number {
  const share = clamp(0.5 + (0.5 * (second - first)) / radius, 0, 1);
  return mix(second, first, share) - radius * share * (1 - share);
}

/**
 * Share of a voxel that lies inside a surface, from the signed distance (negative inside) of its centre: the partial volume
 * of a plane that crosses a voxel of the given edge.
 */
export const coverage = (distance: number, edge: number): number => clamp(0.5 - distance / edge, 0, 1);

/** Signed distance to an axis-parallel ellipse, first order: exact on the outline, close enough around it. */
export function ellipseDistance(x: number, y: number, radiusX: number, radiusY: number): number {
  const u = x / radiusX;
  const v = y / radiusY;
  const level = Math.sqrt(u * u + v * v);
  if (level < 1e-6) return -Math.min(radiusX, radiusY);
  const gradient = Math.sqrt((u * u) / (radiusX * radiusX) + (v * v) / (radiusY * radiusY)) / level;
  return (level - 1) / gradient;
}

/** Distance from a point to the axis of a straight piece between two points, in the plane. */
export function segmentDistance(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const along = clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1), 0, 1);
  return planarLength(x - ax - along * dx, y - ay - along * dy);
}

/** Piecewise smooth curve through `[position, value]` knots in ascending order, constant outside. */
export function profile(knots: readonly (readonly [number, number])[], position: number): number {
  let previous = knots[0]!;
  if (position <= previous[0]) return previous[1];
  for (const knot of knots) {
    if (position <= knot[0]) {
      return mix(previous[1], knot[1], smoothStep(previous[0], knot[0], position));
    }
    previous = knot;
  }
  return previous[1];
}

const latticeBits = 16;
const latticeMask = (1 << latticeBits) - 1;
/** Fixed random values in −1…1; a table is several times faster than hashing every lattice point. */
const lattice = ((): Float32Array => {
  const random = createRandom('lattice of the value noise');
  return Float32Array.from({ length: 1 << latticeBits }, () => random.between(-1, 1));
})();

const latticeIndex = (x: number, y: number, z: number, seed: number): number =>
  Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(z, 1442695041) ^ Math.imul(seed, 1274126177);

const latticeAt = (hash: number): number => lattice[(hash ^ (hash >>> 15)) & latticeMask]!;

/** Smooth value noise in −1…1 on a unit lattice (Perlin 1985, value variant). */
export function valueNoise(x: number, y: number, z: number, seed: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const iz = Math.floor(z);
  const fx = x - ix;
  const fy = y - iy;
  const fz = z - iz;
  const u = fx * fx * (3 - 2 * fx);
  const v = fy * fy * (3 - 2 * fy);
  const w = fz * fz * (3 - 2 * fz);
  const x0 = Math.imul(ix, 374761393);
  const x1 = Math.imul(ix + 1, 374761393);
  const y0 = Math.imul(iy, 668265263);
  const y1 = Math.imul(iy + 1, 668265263);
  const own = Math.imul(seed, 1274126177);
  const near = Math.imul(iz, 1442695041) ^ own;
  const far = Math.imul(iz + 1, 1442695041) ^ own;
  const nearTop = mix(latticeAt(x0 ^ y0 ^ near), latticeAt(x1 ^ y0 ^ near), u);
  const nearBottom = mix(latticeAt(x0 ^ y1 ^ near), latticeAt(x1 ^ y1 ^ near), u);
  const farTop = mix(latticeAt(x0 ^ y0 ^ far), latticeAt(x1 ^ y0 ^ far), u);
  const farBottom = mix(latticeAt(x0 ^ y1 ^ far), latticeAt(x1 ^ y1 ^ far), u);
  return mix(mix(nearTop, nearBottom, v), mix(farTop, farBottom, v), w);
}

/**
 * Distance between the nearest and the second nearest of scattered points, one per unit cell, in the plane: small along the
 * borders of polygons (Worley 1996). Thickened interlobular septa look like these borders.
 */
export function cellBorder(x: number, y: number, layer: number, seed: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  let nearest = Infinity;
  let second = Infinity;
  for (let j = iy - 1; j <= iy + 1; j++) {
    for (let i = ix - 1; i <= ix + 1; i++) {
      const dx = i + 0.5 + 0.45 * latticeAt(latticeIndex(i, j, layer, seed)) - x;
      const dy = j + 0.5 + 0.45 * latticeAt(latticeIndex(i, j, layer, seed + 1)) - y;
      const distance = Math.sqrt(dx * dx + dy * dy);
      if (distance < nearest) {
        second = nearest;
        nearest = distance;
      } else if (distance < second) second = distance;
    }
  }
  return second - nearest;
}
