import type { Anatomy } from './anatomy.ts';
import { clamp } from './functions.ts';
import type { RandomSource } from './random.ts';
import { directionOf, levelAt, lungDistance } from './thorax.ts';

/** Millimetres in the patient's axes. */
export interface Point {
  x: number;
  y: number;
  z: number;
}

/** Answers where the lungs are without rendering, from a stack of levels that is computed once per patient. */
export interface LungSampler {
  /** Signed distance to the lungs at the nearest stored level, negative inside. */
  distance(point: Point): number;
  /** Up to `count` random points in the lung of one side (−1 right, 1 left), at least `margin` millimetres below its surface. */
  points(random: RandomSource, side: -1 | 1, count: number, margin: number): Point[];
}

const layers = 40;
/** From just below the apex to the deepest recess beside the diaphragm, in lung heights. */
const top = 0.03;
const extent = 1.12;

export function createLungSampler(anatomy: Anatomy): LungSampler {
  const spacing = (extent * anatomy.lungHeight) / layers;
  const levels = Array.from({ length: layers }, (_, index) =>
    levelAt(anatomy, -anatomy.lungHeight * top - (index + 0.5) * spacing),
  );
  const distance = ({ x, y, z }: Point): number => {
    const index = clamp(Math.floor((-z - anatomy.lungHeight * top) / spacing), 0, layers - 1);
    return lungDistance(anatomy, levels[index]!, x, y, Math.hypot(x, y), directionOf(x, y));
  };
  return {
    distance,
    points: (random, side, count, margin) => {
      const points: Point[] = [];
      for (let attempt = 0; points.length < count && attempt < count * 40; attempt++) {
        const point = {
          x: side * random.between(8, anatomy.bodyHalfWidth),
          y: random.between(-anatomy.bodyHalfDepth, anatomy.bodyHalfDepth),
          z: -anatomy.lungHeight * (top + random.next() * extent),
        };
        if (distance(point) < -margin) points.push(point);
      }
      return points;
    },
  };
}
