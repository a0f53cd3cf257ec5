import type { Anatomy } from './anatomy.ts';
import { clamp, ellipseDistance, mix, profile, smoothStep, smoothUnion, planarLength } from './functions.ts';

const steps = 360;

/** A closed outline as its radius in `steps` directions around the middle; direction 0 is the patient's left, 90° the back. */
type Outline = Float64Array;

/** The shapes of one axial level; all methods take millimetres in the patient's axes and give signed distances, negative inside. */
export interface Level {
  /** Millimetres below the apex, negative towards the feet. */
  z: number;
  /** 0 at the apex, 1 at the dome of the right diaphragm. */
  depth: number;
  skin: Outline;
  ribCentre: Outline;
  cageHalfDepth: number;
  heart: { x: number; y: number; radiusX: number; radiusY: number; cos: number; sin: number } | null;
}

const scaleOfCage = (depth: number): number =>
  profile(
    [
      [0, 0.46],
      [0.1, 0.66],
      [0.25, 0.85],
      [0.45, 0.96],
      [0.7, 1],
      [1.1, 0.98],
    ],
    depth,
  );

function superellipse(angle: number, radiusX: number, radiusY: number, power: number): number {
  const c = Math.abs(Math.cos(angle)) / radiusX;
  const s = Math.abs(Math.sin(angle)) / radiusY;
  return (c ** power + s ** power) ** (-1 / power);
}

function skinRadius(anatomy: Anatomy, depth: number, angle: number): number {
  const width = anatomy.bodyHalfWidth * (0.94 + 0.06 * Math.sin(Math.PI * clamp(depth, 0, 1)));
  const front = Math.sin(angle) < 0;
  let radius = superellipse(angle, width, anatomy.bodyHalfDepth, front ? 2.25 : 2.7);
  const sideOfFront = Math.abs(Math.abs(angle + Math.PI / 2) - 0.72);
  const level = smoothStep(0.3, 0.5, depth) * smoothStep(1, 0.75, depth);
  radius += anatomy.breast * level * Math.exp(-((sideOfFront / 0.32) ** 2));
  radius += 2.5 * Math.sin(2 * angle + anatomy.ribPhase * 6) + 1.5 * Math.sin(5 * angle + anatomy.textureSeed);
  // The back is pressed flat by the table.
  const back = anatomy.bodyHalfDepth * 0.94;
  return Math.sin(angle) > 0 ? Math.min(radius, back / Math.sin(angle)) : radius;
}

export function levelAt(anatomy: Anatomy, z: number): Level {
  const depth = -z / anatomy.lungHeight;
  const cage = scaleOfCage(depth);
  const chestHalfWidth = (anatomy.bodyHalfWidth - anatomy.fat - anatomy.muscle) * cage;
  const cageHalfDepth = (anatomy.bodyHalfDepth - 0.75 * (anatomy.fat + anatomy.muscle)) * mix(0.62, 1, cage);
  const skin = new Float64Array(steps + 1);
  const ribCentre = new Float64Array(steps + 1);
  for (let index = 0; index <= steps; index++) {
    const angle = (index / steps) * 2 * Math.PI - Math.PI;
    skin[index] = skinRadius(anatomy, depth, angle);
    ribCentre[index] = superellipse(angle, chestHalfWidth, cageHalfDepth, 2.3);
  }
  const heartDepth = (depth - 0.8) / 0.32;
  const heartScale = Math.abs(heartDepth) < 1 ? anatomy.heartScale * Math.sqrt(1 - heartDepth * heartDepth) : 0;
  return {
    z,
    depth,
    skin,
    ribCentre,
    cageHalfDepth,
    heart:
      heartScale > 0.15
        ? {
            x: 20,
            y: -0.3 * cageHalfDepth,
            radiusX: 54 * heartScale,
            radiusY: 40 * heartScale,
            cos: Math.cos(0.55),
            sin: Math.sin(0.55),
          }
        : null,
  };
}

export const directionOf = (x: number, y: number): number => ((Math.atan2(y, x) + Math.PI) / (2 * Math.PI)) * steps;

export function radiusAt(outline: Outline, direction: number): number {
  const index = Math.min(direction | 0, steps - 1);
  return mix(outline[index]!, outline[index + 1]!, direction - index);
}

/** Middle of the vertebral body, from the front of the chest backwards. */
export const spineY = (level: Level): number => level.cageHalfDepth * 0.5;

export function heartDistance(level: Level, x: number, y: number): number {
  const heart = level.heart;
  if (!heart) return Infinity;
  const dx = x - heart.x;
  const dy = y - heart.y;
  return ellipseDistance(
    dx * heart.cos + dy * heart.sin,
    dy * heart.cos - dx * heart.sin,
    heart.radiusX,
    heart.radiusY,
  );
}

/** Everything between the lungs: the middle column, heart, hila, aorta, spine with the muscles beside it. */
export function middleDistance(anatomy: Anatomy, level: Level, x: number, y: number): number {
  // Nothing of it reaches further out; the bound spares most of the lung the sums below.
  const beside = Math.abs(x) - 95;
  if (beside > 0) return beside + 10;
  const back = spineY(level);
  const front = -level.cageHalfDepth;
  const columnHalf = anatomy.mediastinum * mix(1, 0.72, smoothStep(0.35, 0.7, level.depth));
  let distance = ellipseDistance(x - 2, y - (front + back) / 2, columnHalf, (back - front) / 2);
  if (level.heart) distance = smoothUnion(distance, heartDistance(level, x, y) - 3, 9);
  const hilum = 1 - Math.abs(level.depth - 0.5) / 0.13;
  if (hilum > 0) {
    const size = Math.sqrt(hilum);
    distance = smoothUnion(distance, ellipseDistance(Math.abs(x) - 34, y - 4, 15 * size, 17 * size), 8);
  }
  if (level.depth > 0.3) {
    distance = smoothUnion(distance, planarLength(x - 25, y - back + 12) - anatomy.aortaRadius - 1.5, 5);
  }
  distance = smoothUnion(distance, ellipseDistance(x, y - back - 2, 21, 19), 6);
  return smoothUnion(distance, ellipseDistance(x, y - level.cageHalfDepth, 40, level.cageHalfDepth - back - 2), 6);
}

/** Height of the diaphragm under a point; the right dome stands higher and carries the liver. */
function diaphragmHeight(anatomy: Anatomy, x: number, y: number): number {
  const right = x < 0;
  const dx = (x - (right ? -68 : 64)) / 74;
  const dy = (y + 6) / 78;
  return -anatomy.lungHeight - (right ? 0 : 11) - 42 * (dx * dx + dy * dy);
}

/** Signed distance to the diaphragm: positive above it. */
export function aboveDiaphragm(anatomy: Anatomy, level: Level, x: number, y: number): number {
  // 0.75 makes a distance along the normal of one along z, for the slope that the domes mostly have.
  return (level.z - diaphragmHeight(anatomy, x, y)) * 0.75;
}

/** Signed distance to the lungs (both), negative inside. `radius` and `direction` are the point's own, saved by the caller. */
export function lungDistance(
  anatomy: Anatomy,
  level: Level,
  x: number,
  y: number,
  radius: number,
  direction: number,
): number {
  const cage = radius - radiusAt(level.ribCentre, direction) + 6;
  if (cage > 12) return cage;
  return Math.max(cage, -aboveDiaphragm(anatomy, level, x, y), -middleDistance(anatomy, level, x, y));
}
