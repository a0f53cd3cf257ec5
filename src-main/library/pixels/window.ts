/** From modality values to 8-bit gray. */
import type { Window } from '../../../src-shared/contract/vocabulary.ts';
import type { DecodedFrame, VoiFunction, VoiTable } from '../outcomes.ts';
import type { PixelArray, PixelType } from './pixelArray.ts';
import { pixelType, rangeOf } from './pixelArray.ts';

/**
 * DICOM's linear VOI function (PS3.3 C.11.2.1.2.1) to 0 … 255, rounded: the same that the viewer draws. Widths of 1 and below
 * make a step at the level.
 */
export function windowToByte(value: number, { level, width }: Window): number {
  if (width <= 1) return value > level - 0.5 ? 255 : 0;
  const share = (value - (level - 0.5)) / (width - 1) + 0.5;
  return Math.round(Math.min(Math.max(share, 0), 1) * 255);
}

/** The other VOI functions, PS3.3 C.11.2.1.3: exact linear (no half steps at the ends), and sigmoid. */
export function voiToByte(value: number, window: Window & { function: VoiFunction }): number {
  const { level, width } = window;
  switch (window.function) {
    case 'LINEAR':
      return windowToByte(value, window);
    case 'LINEAR_EXACT':
      return Math.round(Math.min(Math.max((value - level) / width + 0.5, 0), 1) * 255);
    case 'SIGMOID':
      return Math.round(255 / (1 + Math.exp((-4 * (value - level)) / width)));
  }
}

/** The window in which a frame is shown when nobody chose one: the file's first, else its whole range. */
export function defaultWindow(
  frame: Pick<DecodedFrame, 'windows' | 'min' | 'max'>,
): Window & { function: VoiFunction } {
  const own = frame.windows[0];
  if (own !== undefined) return { level: own.level, width: own.width, function: own.function };
  const width = frame.max - frame.min + 1;
  return { level: frame.min + width / 2, width, function: 'LINEAR' };
}

/**
 * Gray bytes of one frame, row-major. With a window, images in HU are drawn in it; without, or when they have no HU, in their own
 * default window (or VOI table). Plain pictures and colour keep their gray levels.
 */
export function grayBytes(frame: DecodedFrame, window: Window | null): Uint8Array {
  const { pixels } = frame;
  if (frame.format !== 'dicom' || frame.rgb !== null) return scaleToBytes(pixels);
  const draw = drawing(frame, window);
  const shown = (stored: number): number => {
    const drawn = draw(stored * frame.slope + frame.intercept);
    return frame.inverted ? 255 - drawn : drawn;
  };
  if (pixels.BYTES_PER_ELEMENT > 2) return Uint8Array.from(pixels, shown);
  // Few values, many pixels: each value that can occur is drawn once.
  const { min, max } = rangeOf(pixels);
  const table = Uint8Array.from({ length: max - min + 1 }, (_, index) => shown(min + index));
  const bytes = new Uint8Array(pixels.length);
  for (let index = 0; index < pixels.length; index++) bytes[index] = table[pixels[index]! - min]!;
  return bytes;
}

function drawing(frame: DecodedFrame, window: Window | null): (value: number) => number {
  if (window !== null && frame.isHounsfield) return (value) => windowToByte(value, window);
  if (frame.windows.length === 0 && frame.voiTable !== null) return tableDrawing(frame.voiTable);
  const own = defaultWindow(frame);
  return (value) => voiToByte(value, own);
}

function tableDrawing({ first, bits, data }: VoiTable): (value: number) => number {
  const scale = 255 / (2 ** bits - 1);
  return (value) => Math.round(data[Math.min(Math.max(Math.round(value) - first, 0), data.length - 1)]! * scale);
}

function scaleToBytes(pixels: PixelArray): Uint8Array {
  if (pixels instanceof Uint8Array) return pixels;
  return Uint8Array.from(pixels, (value) => Math.round(value / 257));
}

/** Types in which pixels travel to the viewer. */
export type ViewerType = Exclude<PixelType, 'uint32' | 'int32'>;
export interface ModalityValues {
  values: Uint8Array | Int8Array | Uint16Array | Int16Array | Float32Array;
  type: ViewerType;
}

/** Values after slope and intercept: Int16 where all of them are whole numbers that fit, else Float32. */
export function modalityValues(frame: DecodedFrame): ModalityValues {
  const { pixels, slope, intercept } = frame;
  const unchanged = slope === 1 && intercept === 0;
  if (unchanged && !(pixels instanceof Uint32Array) && !(pixels instanceof Int32Array)) {
    return { values: pixels, type: viewerType(pixels) };
  }
  // Padding lies outside of min … max and counts too.
  const whole = Number.isInteger(slope) && Number.isInteger(intercept);
  const { min, max } = rangeOf(pixels);
  const lowest = min * slope + intercept;
  const highest = max * slope + intercept;
  const fits = Math.min(lowest, highest) >= -32768 && Math.max(lowest, highest) <= 32767;
  const values = whole && fits ? new Int16Array(pixels.length) : new Float32Array(pixels.length);
  for (let index = 0; index < pixels.length; index++) values[index] = pixels[index]! * slope + intercept;
  return { values, type: viewerType(values) };
}

function viewerType(pixels: PixelArray): ViewerType {
  const type = pixelType(pixels);
  return type === 'uint32' || type === 'int32' ? 'float32' : type;
}
