import type { Anatomy } from './anatomy.ts';
import type { Nodule, Opacity } from './findings.ts';
import { cellBorder, clamp, mix, smoothStep, valueNoise } from './functions.ts';
import { hounsfield } from './tissue.ts';
import type { Piece } from './vessels.ts';

export interface SliceGeometry {
  /** Rows and columns. */
  size: number;
  /** Millimetres between pixel centres. */
  pixel: number;
  /** Millimetres that one slice averages over. */
  thickness: number;
}

/** One slice in the making. */
export interface Canvas {
  /** `[size × size]` HU. */
  hu: Float32Array;
  /** `[size × size]` share of each pixel that is lung, 0…1. */
  lungShare: Float32Array;
  geometry: SliceGeometry;
  anatomy: Anatomy;
  /** Height of the slice's middle, millimetres. */
  z: number;
}

/** Calls `visit` for every pixel within `reach` millimetres of a box in the patient's axes. */
function visitBox(
  canvas: Canvas,
  box: { x0: number; x1: number; y0: number; y1: number },
  reach: number,
  visit: (index: number, x: number, y: number) => void,
): void {
  const { size, pixel } = canvas.geometry;
  const { roll, offsetX, offsetY } = canvas.anatomy;
  const cos = Math.cos(roll);
  const sin = Math.sin(roll);
  const centreX = (box.x0 + box.x1) / 2;
  const centreY = (box.y0 + box.y1) / 2;
  // The roll is a few degrees: the turned box stays within this margin.
  const halfX = (box.x1 - box.x0) / 2 + reach + 0.08 * (box.y1 - box.y0);
  const halfY = (box.y1 - box.y0) / 2 + reach + 0.08 * (box.x1 - box.x0);
  const middleColumn = (centreX * cos - centreY * sin + offsetX) / pixel + size / 2 - 0.5;
  const middleRow = (centreY * cos + centreX * sin + offsetY) / pixel + size / 2 - 0.5;
  const firstRow = Math.max(0, Math.floor(middleRow - halfY / pixel));
  const lastRow = Math.min(size - 1, Math.ceil(middleRow + halfY / pixel));
  const firstColumn = Math.max(0, Math.floor(middleColumn - halfX / pixel));
  const lastColumn = Math.min(size - 1, Math.ceil(middleColumn + halfX / pixel));
  for (let row = firstRow; row <= lastRow; row++) {
    const dy = (row - size / 2 + 0.5) * pixel - offsetY;
    for (let column = firstColumn; column <= lastColumn; column++) {
      const dx = (column - size / 2 + 0.5) * pixel - offsetX;
      visit(row * size + column, dx * cos + dy * sin, dy * cos - dx * sin);
    }
  }
}

/** Sheets into which a slice's thickness is divided where structures are thinner than it. */
const sheets = [-1 / 3, 0, 1 / 3];

/** Share of a slice's voxel that a tapering round piece fills, averaged over the slice's thickness. */
function pieceShare(canvas: Canvas, piece: Piece, growth: number, x: number, y: number): number {
  const { pixel, thickness } = canvas.geometry;
  const { from, to } = piece;
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const dz = to.z - from.z;
  const length = dx * dx + dy * dy + dz * dz || 1e-9;
  let share = 0;
  for (const sheet of sheets) {
    const z = canvas.z + sheet * thickness;
    const along = clamp(((x - from.x) * dx + (y - from.y) * dy + (z - from.z) * dz) / length, 0, 1);
    const px = x - from.x - along * dx;
    const py = y - from.y - along * dy;
    const pz = z - from.z - along * dz;
    const radius = mix(piece.radiusFrom, piece.radiusTo, along) + growth;
    const distance = Math.sqrt(px * px + py * py + pz * pz);
    // A piece thinner than the pixel fills only part of it, however well it is centred.
    const peak = Math.min(1, (2 * radius) / pixel);
    share += peak * clamp(0.5 + (radius - distance) / pixel, 0, 1);
  }
  return share / sheets.length;
}

function paintPieces(canvas: Canvas, pieces: readonly Piece[], growth: number, hu: number, lungOnly: boolean): void {
  const half = canvas.geometry.thickness / 2;
  for (const piece of pieces) {
    const { from, to } = piece;
    const radius = Math.max(piece.radiusFrom, piece.radiusTo) + growth;
    const low = Math.min(from.z, to.z) - radius - half;
    const high = Math.max(from.z, to.z) + radius + half;
    if (canvas.z < low || canvas.z > high) continue;
    const slope = to.z - from.z;
    const at = (z: number): number => (Math.abs(slope) < 1e-6 ? 0 : clamp((z - from.z) / slope, 0, 1));
    const one = Math.abs(slope) < 2 * half ? 0 : at(canvas.z - half - radius);
    const two = Math.abs(slope) < 2 * half ? 1 : at(canvas.z + half + radius);
    const xs = [mix(from.x, to.x, one), mix(from.x, to.x, two)];
    const ys = [mix(from.y, to.y, one), mix(from.y, to.y, two)];
    const box = { x0: Math.min(...xs), x1: Math.max(...xs), y0: Math.min(...ys), y1: Math.max(...ys) };
    visitBox(canvas, box, radius + canvas.geometry.pixel, (index, x, y) => {
      const lung = lungOnly ? canvas.lungShare[index]! : 1;
      if (lung === 0) return;
      const share = pieceShare(canvas, piece, growth, x, y) * lung;
      if (share > 0) canvas.hu[index] = Math.max(canvas.hu[index]!, mix(canvas.hu[index]!, hu, share));
    });
  }
}

export function paintVessels(canvas: Canvas, vessels: readonly Piece[]): void {
  paintPieces(canvas, vessels, 0, hounsfield.vessel, true);
}

/** Walls first, then all lumens, so that branches open into one another. */
export function paintAirways(canvas: Canvas, airways: readonly Piece[], lungOnly: boolean): void {
  paintPieces(canvas, airways, 1.1, hounsfield.airwayWall, true);
  for (const piece of airways) {
    const { from, to } = piece;
    const radius = Math.max(piece.radiusFrom, piece.radiusTo);
    if (canvas.z < Math.min(from.z, to.z) - radius - 3 || canvas.z > Math.max(from.z, to.z) + radius + 3) continue;
    const box = {
      x0: Math.min(from.x, to.x),
      x1: Math.max(from.x, to.x),
      y0: Math.min(from.y, to.y),
      y1: Math.max(from.y, to.y),
    };
    visitBox(canvas, box, radius + 2, (index, x, y) => {
      const share = pieceShare(canvas, piece, 0, x, y) * (lungOnly ? canvas.lungShare[index]! : 1);
      canvas.hu[index] = mix(canvas.hu[index]!, -985, share);
    });
  }
}

/** Share of full density that an opacity has at a point: 1 in its core, 0 outside, with uneven, soft margins. */
function opacityShare(opacity: Opacity, x: number, y: number, z: number): number {
  const dx = x - opacity.centre.x;
  const dy = y - opacity.centre.y;
  const dz = (z - opacity.centre.z) / opacity.radiusAxial;
  const normal = (dx * opacity.normalX + dy * opacity.normalY) / opacity.radiusNormal;
  const along = (dy * opacity.normalX - dx * opacity.normalY) / opacity.radiusAlong;
  const level = Math.sqrt(normal * normal + along * along + dz * dz);
  if (level > 1.7) return 0;
  const uneven =
    0.34 * valueNoise(x / 11, y / 11, z / 11, opacity.seed) +
    0.16 * valueNoise(x / 4.5, y / 4.5, z / 4.5, opacity.seed);
  return smoothStep(1.15, 0.62, level + uneven);
}

function opacityRise(opacity: Opacity, share: number, x: number, y: number, z: number): number {
  const patchy = 1 + 0.22 * valueNoise(x / 6, y / 6, z / 6, opacity.seed + 1);
  let rise = opacity.rise * share * patchy;
  if (opacity.texture === 'crazyPaving') {
    // Interlobular septa stand some 6 mm apart and 1–2 mm thick.
    const border = cellBorder(x / 6.5, y / 6.5, Math.round(z / 5), opacity.seed);
    rise += 230 * share * smoothStep(0.3, 0.08, border);
  } else if (opacity.texture === 'consolidation') {
    rise += 420 * smoothStep(0.72, 0.98, share);
  }
  return rise;
}

export function paintOpacities(canvas: Canvas, opacities: readonly Opacity[]): void {
  const { z, hu, lungShare } = canvas;
  const touched = opacities.filter((one) => Math.abs(one.centre.z - z) < one.radiusAxial * 1.6);
  for (const opacity of touched) {
    const { x, y } = opacity.centre;
    const reach = 1.6 * opacity.radiusAlong;
    visitBox(canvas, { x0: x, x1: x, y0: y, y1: y }, reach, (index, px, py) => {
      if (lungShare[index] === 0) return;
      const share = opacityShare(opacity, px, py, z);
      if (share === 0) return;
      // Where foci meet they merge: each fills part of the air that is left.
      const room = clamp((45 - hu[index]!) / 900, 0, 1);
      hu[index] = Math.min(
        hu[index]! + lungShare[index]! * opacityRise(opacity, share, px, py, z) * Math.sqrt(room),
        60,
      );
    });
  }
}

export function paintNodules(canvas: Canvas, nodules: readonly Nodule[]): void {
  const { pixel, thickness } = canvas.geometry;
  for (const nodule of nodules) {
    const { x, y, z } = nodule.centre;
    if (Math.abs(z - canvas.z) > nodule.radius + thickness / 2) continue;
    visitBox(canvas, { x0: x, x1: x, y0: y, y1: y }, nodule.radius * 2 + pixel, (index, px, py) => {
      const angle = Math.atan2(py - y, px - x);
      const spikes = nodule.spiculated ? 1 + 0.45 * Math.max(0, valueNoise(angle * 2.4, z, 0, 11)) : 1;
      let share = 0;
      for (const sheet of sheets) {
        const distance = Math.hypot(px - x, py - y, canvas.z + sheet * thickness - z);
        share += clamp(0.5 + (nodule.radius * spikes - distance) / pixel, 0, 1) / sheets.length;
      }
      canvas.hu[index] = mix(canvas.hu[index]!, 30, share * canvas.lungShare[index]!);
    });
  }
}
