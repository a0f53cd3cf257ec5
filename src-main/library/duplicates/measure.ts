/** What is measured on one picture beside its pixels: its small picture and hashes, and what may tell its class without any disease. */
import type { DecodedFrame } from '../outcomes.ts';
import { resizeGray } from '../pixels/resize.ts';
import { grayBytes } from '../pixels/window.ts';
import { hashVariants } from './perceptualHash.ts';
import { smallEdge } from './smallPicture.ts';

export interface PictureMeasures {
  /** Hashes of the picture and its variants, see perceptualHash.ts. */
  hash: Uint8Array;
  /** 64×64 gray bytes in the default window. */
  gray: Uint8Array;
  /** Share (0 … 1) of pixels in the outer ring with a hard edge: burnt-in letters, arrows, rulers. */
  borderText: number;
  /** Mean gray (0 … 255) of the outer ring: black, or the white of a page. */
  borderGray: number;
  meanGray: number;
  /** The file's own first window; null for pictures without one. */
  windowLevel: number | null;
  windowWidth: number | null;
}

/** Width of the ring in share of the picture's width and height. */
const ringShare = 0.12;
/** Step between neighbours that anatomy, blurred by the scanner, hardly makes and drawn letters do. */
const hardEdge = 96;

export function measurePicture(frame: DecodedFrame): PictureMeasures {
  const bytes = grayBytes(frame, null);
  const gray = resizeGray(bytes, frame.rows, frame.columns, smallEdge, smallEdge);
  const window = frame.format === 'dicom' ? (frame.windows[0] ?? null) : null;
  return {
    hash: hashVariants(gray),
    gray,
    ...measureBorder(bytes, frame.rows, frame.columns),
    meanGray: meanOf(bytes),
    windowLevel: window?.level ?? null,
    windowWidth: window?.width ?? null,
  };
}

export function measureBorder(
  bytes: Uint8Array,
  rows: number,
  columns: number,
): { borderText: number; borderGray: number } {
  const high = Math.max(1, Math.round(rows * ringShare));
  const wide = Math.max(1, Math.round(columns * ringShare));
  let pixels = 0;
  let edges = 0;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const inner = row >= high && row < rows - high;
    for (let column = 0; column < columns; column++) {
      if (inner && column === wide && columns > 2 * wide) column = columns - wide;
      const at = row * columns + column;
      const value = bytes[at]!;
      const right = column + 1 < columns ? bytes[at + 1]! : value;
      const below = row + 1 < rows ? bytes[at + columns]! : value;
      if (Math.abs(right - value) >= hardEdge || Math.abs(below - value) >= hardEdge) edges++;
      sum += value;
      pixels++;
    }
  }
  return { borderText: edges / pixels, borderGray: sum / pixels };
}

function meanOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index++) sum += bytes[index]!;
  return bytes.length === 0 ? 0 : sum / bytes.length;
}
