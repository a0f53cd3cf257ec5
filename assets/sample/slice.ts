import type { Anatomy } from './anatomy.ts';
import type { Findings } from './findings.ts';
import { clamp, coverage, mix, smoothStep, valueNoise } from './functions.ts';
import { paintAirways, paintOpacities, paintNodules, paintVessels, type Canvas, type SliceGeometry } from './paint.ts';
import { directionOf, levelAt, lungDistance, radiusAt, type Level } from './thorax.ts';
import { hounsfield, softTissueAt } from './tissue.ts';
import type { VesselTrees } from './vessels.ts';

export interface PhantomPatient {
  anatomy: Anatomy;
  findings: Findings;
  trees: VesselTrees;
}

/** The couch: a shallow trough of carbon fibre around foam, in the scanner's axes (it does not turn with the patient). */
function couchAt(x: number, y: number, top: number, edge: number): number {
  const surface = y - (top - (x * x) / 1500);
  if (Math.abs(x) > 175 || surface < -4) return hounsfield.air;
  const upper = coverage(Math.abs(surface - 1.5) - 1.2, edge);
  const lower = coverage(Math.abs(y - top - 34 + (x * x) / 2600) - 1.2, edge);
  const foam = surface > 1.5 && y < top + 34 - (x * x) / 2600 ? 45 : 0;
  return hounsfield.air + foam + 620 * Math.max(upper, lower);
}

function lungTissueAt(patient: PhantomPatient, level: Level, x: number, y: number, distance: number): number {
  const { anatomy, findings } = patient;
  const seed = anatomy.textureSeed;
  let value = anatomy.lungDensity + anatomy.gravityGradient * clamp(y / anatomy.bodyHalfDepth, -1, 1);
  value += 16 * valueNoise(x / 17, y / 17, level.z / 17, seed) + 12 * valueNoise(x / 4, y / 4, level.z / 4, seed + 1);
  if (findings.emphysema > 0) {
    const hole = valueNoise(x / 7, y / 7, level.z / 7, seed + 2) + findings.emphysema - 0.55;
    value = mix(value, -965, smoothStep(0, 0.16, hole) * smoothStep(0.9, 0.3, level.depth));
  }
  if (findings.atelectasis > 0 && y > 0) {
    const dependent = smoothStep(0.3, 0.62, y / anatomy.bodyHalfDepth) * smoothStep(0.25, 0.5, level.depth);
    const uneven = findings.atelectasis * (1 + 0.5 * valueNoise(x / 14, level.z / 20, 0, seed + 3));
    value += 330 * dependent * smoothStep(uneven, 0, -distance);
  }
  return value;
}

/** Everything but vessels and opacities. Fills `canvas`: HU, share of lung per pixel, distance below the pleura. */
function paintThorax(patient: PhantomPatient, level: Level, geometry: SliceGeometry, canvas: Canvas): void {
  const { anatomy } = patient;
  const { size, pixel } = geometry;
  const cos = Math.cos(anatomy.roll);
  const sin = Math.sin(anatomy.roll);
  // The skin's outline bulges by some millimetres, breasts by more, and the patient may lie turned a little.
  const reachX = anatomy.bodyHalfWidth + 14;
  const reachY = anatomy.bodyHalfDepth + anatomy.breast + 14;
  for (let row = 0; row < size; row++) {
    const scannerY = (row - size / 2 + 0.5) * pixel;
    for (let column = 0; column < size; column++) {
      const scannerX = (column - size / 2 + 0.5) * pixel;
      const index = row * size + column;
      const dx = scannerX - anatomy.offsetX;
      const dy = scannerY - anatomy.offsetY;
      if (Math.abs(dx) > reachX || Math.abs(dy) > reachY) {
        canvas.hu[index] = couchAt(scannerX, scannerY, anatomy.tableTop, pixel);
        continue;
      }
      const x = dx * cos + dy * sin;
      const y = dy * cos - dx * sin;
      const radius = Math.sqrt(x * x + y * y);
      const direction = directionOf(x, y);
      if (radius > radiusAt(level.skin, direction) + pixel) {
        canvas.hu[index] = couchAt(scannerX, scannerY, anatomy.tableTop, pixel);
        continue;
      }
      const distance = lungDistance(anatomy, level, x, y, radius, direction);
      const share = coverage(distance, pixel * 1.2);
      const soft = share < 1 ? softTissueAt(anatomy, level, x, y, radius, direction, pixel) : 0;
      const lung = share > 0 ? lungTissueAt(patient, level, x, y, distance) : 0;
      canvas.hu[index] = mix(soft, lung, share);
      canvas.lungShare[index] = share;
    }
  }
}

/** Gaussian point spread, separable; sigma in pixels. */
function blur(hu: Float32Array, size: number, sigma: number): Float32Array {
  const side = Math.exp(-1 / (2 * sigma ** 2));
  const far = Math.exp(-4 / (2 * sigma ** 2));
  const total = 1 + 2 * side + 2 * far;
  const pass = (source: Float32Array, along: number, across: number): Float32Array => {
    const result = source.slice();
    for (let line = 0; line < size; line++) {
      // The two outermost pixels are air on all sides and stay as they are.
      for (let place = 2; place < size - 2; place++) {
        const at = line * across + place * along;
        const near = source[at - along]! + source[at + along]!;
        const outer = source[at - 2 * along]! + source[at + 2 * along]!;
        result[at] = (source[at]! + side * near + far * outer) / total;
      }
    }
    return result;
  };
  return pass(pass(hu, 1, size), size, 1);
}

function paintOnce(patient: PhantomPatient, z: number, geometry: SliceGeometry): Float32Array {
  const { size } = geometry;
  const canvas: Canvas = {
    hu: new Float32Array(size * size),
    lungShare: new Float32Array(size * size),
    geometry,
    anatomy: patient.anatomy,
    z,
  };
  paintThorax(patient, levelAt(patient.anatomy, z), geometry, canvas);
  paintOpacities(canvas, patient.findings.opacities);
  paintVessels(canvas, patient.trees.vessels);
  paintAirways(canvas, patient.trees.airways, true);
  paintAirways(canvas, patient.trees.mainAirways, false);
  paintNodules(canvas, patient.findings.nodules);
  return canvas.hu;
}

/** Noise is strongest in the middle of the body, where rays have come the longest way. */
function noiseShare(anatomy: Anatomy, x: number, y: number, depth: number): number {
  const u = (x - anatomy.offsetX) / anatomy.bodyHalfWidth;
  const v = (y - anatomy.offsetY) / anatomy.bodyHalfDepth;
  return clamp(1.05 - 0.45 * (u * u + v * v), 0.3, 1.05) * (1 + 0.7 * smoothStep(0.25, 0.05, depth));
}

/**
 * One axial slice at height `z` (millimetres, 0 at the lung apex, negative towards the feet).
 * Returns `[size × size]` HU, row by row. `noise` has mean 0 and variance 1.
 */
export function renderSlice(
  patient: PhantomPatient,
  z: number,
  geometry: SliceGeometry,
  noise: Float32Array,
): Float32Array {
  const { anatomy, findings } = patient;
  const { size, pixel } = geometry;
  let sharp = paintOnce(patient, z, geometry);
  if (findings.motion > 0 && z < -anatomy.lungHeight + findings.motion) {
    // A breath during the rotation: half of the views saw the chest a little higher and wider.
    const moved = { ...anatomy, heartScale: anatomy.heartScale * 1.05, offsetY: anatomy.offsetY - 2.5 };
    const other = paintOnce({ ...patient, anatomy: moved }, z + 5, geometry);
    sharp = sharp.map((value, index) => 0.55 * value + 0.45 * other[index]!);
  }
  const result = blur(sharp, size, 0.62);
  // Tube current follows the body's attenuation along its axis, in steps: the noise is not the same in all slices.
  const dose = 1 + 0.25 * valueNoise(z / 23, 0.5, 0.5, anatomy.textureSeed + 9);
  const depth = -z / anatomy.lungHeight;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const index = row * size + column;
      const x = (column - size / 2 + 0.5) * pixel;
      const y = (row - size / 2 + 0.5) * pixel;
      result[index] = result[index]! + findings.noise * dose * noiseShare(anatomy, x, y, depth) * noise[index]!;
    }
  }
  return result;
}
