import type { Anatomy } from './anatomy.ts';
import { clamp } from './functions.ts';
import type { LungSampler, Point } from './lungSampler.ts';
import type { RandomSource } from './random.ts';

/** How an opacity looks inside: evenly hazy, hazy with thickened septa, or partly without air. */
export type OpacityTexture = 'groundGlass' | 'crazyPaving' | 'consolidation';

export interface Opacity {
  centre: Point;
  /** Unit vector in the plane that points from the centre towards the nearest pleura. */
  normalX: number;
  normalY: number;
  /** Half sizes: towards the pleura, along it, along the body axis; millimetres. */
  radiusNormal: number;
  radiusAlong: number;
  radiusAxial: number;
  /** Rise over aerated lung, HU. */
  rise: number;
  texture: OpacityTexture;
  seed: number;
}

export interface Nodule {
  centre: Point;
  radius: number;
  spiculated: boolean;
}

export interface Findings {
  opacities: Opacity[];
  nodules: Nodule[];
  /** Dependent atelectasis: a dense rim at the back, millimetres thick; 0 when there is none. */
  atelectasis: number;
  /** Share of the lung replaced by emphysema, 0…1. */
  emphysema: number;
  /** Height above the diaphragm below which heart and breathing blur the picture; 0 when the patient held still. */
  motion: number;
  /** Standard deviation of the noise in the middle of the chest, HU. */
  noise: number;
}

/** In-plane direction in which the lung ends soonest. */
function towardsPleura(lung: LungSampler, { x, y, z }: Point): { normalX: number; normalY: number } {
  const gradientX = lung.distance({ x: x + 2, y, z }) - lung.distance({ x: x - 2, y, z });
  const gradientY = lung.distance({ x, y: y + 2, z }) - lung.distance({ x, y: y - 2, z });
  const length = Math.hypot(gradientX, gradientY) || 1;
  return { normalX: gradientX / length, normalY: gradientY / length };
}

/**
 * Places for opacities: 3–18 mm below the outer pleura, both lungs in turn, spread over the height of the lung, the lower and
 * rear parts preferred: the pattern that RSNA's 2020 consensus calls typical for COVID-19.
 */
function peripheralPlaces(anatomy: Anatomy, lung: LungSampler, random: RandomSource, count: number): Point[] {
  const candidates = ([-1, 1] as const).map((side) =>
    lung
      .points(random, side, 260, 3)
      .filter(
        (point) =>
          lung.distance(point) > -18 &&
          Math.hypot(point.x / anatomy.bodyHalfWidth, point.y / anatomy.bodyHalfDepth) > 0.45 &&
          random.chance(point.y > 0 ? 1 : 0.35),
      ),
  );
  const places: Point[] = [];
  for (let index = 0; index < count; index++) {
    const wanted = -anatomy.lungHeight * (0.1 + (0.94 * (index + random.next())) / count);
    const side = candidates[index % 2]!;
    const sorted = [...side].sort((one, other) => Math.abs(one.z - wanted) - Math.abs(other.z - wanted));
    const place = sorted[random.integer(0, 5)];
    if (place) places.push({ ...place, z: wanted });
  }
  return places;
}

function drawOpacities(anatomy: Anatomy, lung: LungSampler, random: RandomSource): Opacity[] {
  const severity = random.between(0.4, 1);
  return peripheralPlaces(anatomy, lung, random, Math.round(24 + 18 * severity)).map((centre) => {
    const radiusAlong = random.between(15, 20 + 7 * severity);
    const kind = random.next();
    const texture: OpacityTexture =
      kind < 0.55 ? 'groundGlass' : kind < 0.55 + 0.28 * severity ? 'crazyPaving' : 'consolidation';
    return {
      centre,
      ...towardsPleura(lung, centre),
      radiusAlong,
      radiusNormal: radiusAlong * random.between(0.6, 0.9),
      radiusAxial: radiusAlong * random.between(0.8, 1.25),
      rise: random.between(340, 440) + 80 * severity,
      texture: texture === 'consolidation' && severity < 0.45 ? 'groundGlass' : texture,
      seed: random.integer(1, 1_000_000),
    };
  });
}

function drawNodules(lung: LungSampler, random: RandomSource, count: number): Nodule[] {
  return Array.from({ length: count }, () => {
    const side = random.chance(0.5) ? 1 : -1;
    return lung.points(random, side, 1, 8).map((centre) => ({
      centre,
      radius: random.between(3, 10),
      spiculated: random.chance(0.4),
    }));
  }).flat();
}

/**
 * Draws what a patient has. Both groups share the same distractors with like frequencies, so none of them gives a patient
 * away: what tells the groups apart are the opacities alone.
 */
export function drawFindings(anatomy: Anatomy, lung: LungSampler, random: RandomSource, positive: boolean): Findings {
  const lowDose = random.chance(0.3);
  const noduleCount = random.chance(positive ? 0.3 : 0.45) ? random.integer(1, 2) : 0;
  return {
    opacities: positive ? drawOpacities(anatomy, lung, random) : [],
    nodules: drawNodules(lung, random, noduleCount),
    atelectasis: random.chance(positive ? 0.4 : 0.5) ? random.between(5, 13) : 0,
    emphysema: random.chance(clamp((anatomy.ageYears - 45) / 80, 0.05, 0.4)) ? random.between(0.1, 0.35) : 0,
    motion: random.chance(0.35) ? random.between(25, 70) : 0,
    noise: lowDose ? random.between(26, 34) : random.between(16, 24),
  };
}
