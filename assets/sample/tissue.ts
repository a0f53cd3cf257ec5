import type { Anatomy } from './anatomy.ts';
import { coverage, ellipseDistance, mix, segmentDistance, smoothStep, valueNoise, planarLength } from './functions.ts';
import { aboveDiaphragm, heartDistance, radiusAt, spineY, type Level } from './thorax.ts';

/** CT numbers without contrast medium, HU. */
export const hounsfield = {
  air: -1000,
  fat: -105,
  mediastinalFat: -92,
  skin: 20,
  muscle: 52,
  blood: 43,
  heart: 41,
  liver: 58,
  spleen: 48,
  marrow: 170,
  cartilage: 95,
  vessel: 42,
  airwayWall: 0,
} as const;

/** Ribs run downwards from back to front, so an axial slice cuts each of them obliquely over part of the circle. */
function ribDistance(anatomy: Anatomy, level: Level, radius: number, direction: number, x: number, y: number): number {
  const across = (radius - radiusAt(level.ribCentre, direction)) / 4.2;
  const fromBack = Math.abs(Math.atan2(x, y)) / Math.PI;
  const drop = anatomy.ribDrop * Math.min(fromBack * 1.15, 1);
  const position = (18 - drop - level.z) / anatomy.ribSpacing - anatomy.ribPhase;
  const along = ((position - Math.round(position)) * anatomy.ribSpacing) / 6.5;
  return (Math.sqrt(across * across + along * along) - 1) * 4.2;
}

/** A bone's compact outer layer and its spongy inside, painted over what is there. */
function paintBone(under: number, distance: number, shell: number, density: number, edge: number): number {
  const outer = mix(under, density, coverage(distance, edge));
  return mix(outer, hounsfield.marrow, coverage(distance + shell, edge));
}

function paintSpine(anatomy: Anatomy, level: Level, x: number, y: number, under: number, edge: number): number {
  const back = spineY(level);
  if (Math.abs(x) > 48 || y < back - 24) return under;
  const canal = back + 25;
  // Discs lie between the vertebral bodies; processes come and go along the axis.
  const phase = level.z / 26 + anatomy.ribPhase;
  const disc = Math.abs(phase - Math.round(phase)) < 0.13;
  const body = ellipseDistance(x, y - back - 1, 18.5, 15.5);
  let value = disc
    ? mix(under, hounsfield.cartilage - 10, coverage(body, edge))
    : paintBone(under, body, 1.6, anatomy.boneDensity, edge);
  const arch = Math.abs(ellipseDistance(x, y - canal, 13, 12)) - 2.6;
  value = mix(value, anatomy.boneDensity * 0.85, coverage(arch, edge));
  const spinous = segmentDistance(x, y, 0, canal + 12, 0, canal + 30) - 3;
  value = mix(value, anatomy.boneDensity * 0.7, coverage(spinous, edge));
  const transverse = segmentDistance(Math.abs(x), y, 11, canal - 2, 33, canal + 6) - 4.5;
  if (!disc) value = paintBone(value, transverse, 1.6, anatomy.boneDensity * 0.9, edge);
  return mix(value, 22, coverage(ellipseDistance(x, y - canal, 10, 9), edge));
}

function paintShoulder(anatomy: Anatomy, level: Level, x: number, y: number, under: number, edge: number): number {
  if (level.depth > 0.5) return under;
  const shrink = 1 - 0.5 * level.depth;
  const radius = radiusAtBladeLevel(level);
  const blade =
    segmentDistance(Math.abs(x), y, radius * 0.52, radius * 0.78 + 10, radius * 1.02, radius * 0.3 + 6) - 3.4 * shrink;
  return paintBone(under, blade, 1.3, anatomy.boneDensity * 0.9, edge);
}

/** The blade glides over the rib cage as far out as the cage is wide halfway down. */
const radiusAtBladeLevel = (level: Level): number => Math.max(level.cageHalfDepth * 1.12, 78) + 8;

/** Vessels and gullet within the mediastinal fat, level by level. */
function paintMediastinum(anatomy: Anatomy, level: Level, x: number, y: number, edge: number): number {
  const back = spineY(level);
  const grain = 6 * valueNoise(x / 7, y / 7, level.z / 9, anatomy.textureSeed);
  let value: number = hounsfield.mediastinalFat + grain;
  const vessel = (distance: number, density: number): void => {
    value = mix(value, density, coverage(distance, edge));
  };
  const aorta = anatomy.aortaRadius;
  const middle = (back - level.cageHalfDepth) / 2;
  if (level.depth < 0.28) {
    vessel(planarLength(x + 17, y - middle + 12) - 9, hounsfield.blood);
    vessel(planarLength(x + 6, y - middle + 16) - 6.5, hounsfield.blood);
    vessel(planarLength(x - 9, y - middle + 8) - 5, hounsfield.blood);
    vessel(planarLength(x - 20, y - middle - 4) - 6, hounsfield.blood);
  } else if (level.depth < 0.37) {
    vessel(segmentDistance(x, y, -8, middle - 14, 22, back - 20) - aorta * 0.95, hounsfield.blood);
    vessel(planarLength(x + 22, y - middle + 6) - 8.5, hounsfield.blood);
  } else if (level.depth < 0.78) {
    vessel(planarLength(x + 6, y - middle + 15) - aorta * 1.25, hounsfield.blood);
    vessel(planarLength(x + 26, y - middle + 2) - 8.5, hounsfield.blood);
    const trunk = smoothStep(0.4, 0.46, level.depth) * smoothStep(0.66, 0.58, level.depth);
    if (trunk > 0) {
      vessel(segmentDistance(x, y, 16, middle - 16, 30, 2) - 11.5 * trunk, hounsfield.blood);
      vessel(segmentDistance(x, y, -32, 6, 14, 0) - 9.5 * trunk, hounsfield.blood);
    }
  }
  if (level.depth > 0.34) vessel(planarLength(x - 25, y - back + 12) - aorta, hounsfield.blood);
  vessel(ellipseDistance(x - 5, y - back + 25, 7.5, 5.5), 32);
  vessel(heartDistance(level, x, y) + 3.5, hounsfield.heart + grain * 0.5);
  return value;
}

/** CT number of everything but the lungs at a point inside the skin; `edge` is the voxel edge that partial volume averages over. */
export function softTissueAt(
  anatomy: Anatomy,
  level: Level,
  x: number,
  y: number,
  radius: number,
  direction: number,
  edge: number,
): number {
  const skin = radius - radiusAt(level.skin, direction);
  const cage = radius - radiusAt(level.ribCentre, direction);
  let value: number = mix(hounsfield.air, hounsfield.skin, coverage(skin, edge));
  value = mix(value, hounsfield.fat, coverage(skin + 2.2, edge));
  const side = Math.abs(x) / Math.max(radius, 1);
  const fat = Math.min(
    anatomy.fat * (0.75 + 0.5 * side * side) + (y < 0 ? anatomy.breast * 0.2 : 0),
    -skin + cage + 40,
  );
  const breast = y < 0 ? Math.max(radiusAt(level.skin, direction) - radiusAt(level.ribCentre, direction) - 28, 0) : 0;
  const muscleDistance = Math.max(skin + 2.2 + fat + breast * 0.7, cage - anatomy.muscle * 3.2);
  // Sheets of fat part the muscles.
  const muscular = coverage(muscleDistance, edge);
  if (muscular > 0 && cage > 5) {
    const sheet = Math.abs(valueNoise(x / 24, y / 15, level.z / 40, anatomy.textureSeed + 5));
    value = mix(value, mix(hounsfield.fat + 25, hounsfield.muscle, smoothStep(0.015, 0.09, sheet)), muscular);
  } else value = mix(value, hounsfield.muscle, muscular);
  const inside = coverage(cage + 6, edge);
  const behind = smoothStep(spineY(level) + 6, spineY(level) + 16, y);
  if (inside > 0) {
    const within = mix(paintMediastinum(anatomy, level, x, y, edge), hounsfield.muscle, behind);
    const organ = (x < 0 ? hounsfield.liver : hounsfield.spleen) + 5 * valueNoise(x / 5, y / 5, level.z / 5, 8);
    const belly =
      behind > 0.5 || heartDistance(level, x, y) < 2 ? 0 : coverage(aboveDiaphragm(anatomy, level, x, y) + 2, edge);
    value = mix(value, mix(within, organ, belly * (Math.abs(x) > 18 ? 1 : 0.4)), inside);
  }
  if (Math.abs(cage) < 8) {
    const front = Math.abs(Math.atan2(x, -y));
    const rib = ribDistance(anatomy, level, radius, direction, x, y);
    if (front < 0.62) value = mix(value, hounsfield.cartilage, coverage(rib, edge));
    else value = paintBone(value, rib, 1.5, anatomy.boneDensity, edge);
  }
  if (level.depth > 0.1 && level.depth < 0.86 && Math.abs(x) < 40 && y < 0) {
    const sternum = ellipseDistance(x, y + level.cageHalfDepth, mix(27, 17, smoothStep(0.15, 0.4, level.depth)), 6.5);
    value = paintBone(value, sternum, 1.4, anatomy.boneDensity * 0.8, edge);
  }
  value = paintShoulder(anatomy, level, x, y, value, edge);
  return paintSpine(anatomy, level, x, y, value, edge);
}
