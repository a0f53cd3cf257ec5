/**
 * From the host's frame to Cornerstone's image. The host has applied the modality LUT already, so slope is 1 and intercept 0:
 * Cornerstone's GPU path never applies them, its CPU path would.
 */
import { Enums, type Types } from '@cornerstonejs/core';
import { imageProject, type Frame, type PixelArray } from '../api/images.ts';
import { defaultWindow } from '../ui/windowPresets.ts';

export const scheme = 'parenchyma';

/** `parenchyma:PROJECT:IMAGE`: the cache outlives a change of project. */
export function cornerstoneId(imageId: number): string {
  return `${scheme}:${imageProject()}:${imageId}`;
}

export function hostId(cornerstoneImageId: string): number {
  const id = Number(cornerstoneImageId.slice(cornerstoneImageId.lastIndexOf(':') + 1));
  if (!Number.isInteger(id)) throw new Error(`Not an image of this viewer: ${cornerstoneImageId}`);
  return id;
}

/** Cornerstone has no signed bytes: they become 16 bit, their values stay. */
function displayable(pixels: PixelArray): Types.PixelDataTypedArray {
  return pixels instanceof Int8Array ? Int16Array.from(pixels) : pixels;
}

function typeName(pixels: Types.PixelDataTypedArray): Types.PixelDataTypedArrayString {
  if (pixels instanceof Int16Array) return 'Int16Array';
  if (pixels instanceof Uint16Array) return 'Uint16Array';
  if (pixels instanceof Float32Array) return 'Float32Array';
  return 'Uint8Array';
}

/** Interleaved RGB to RGBA, which the CPU path wants. */
function withAlpha(pixels: Types.PixelDataTypedArray): Uint8Array {
  const count = pixels.length / 3;
  const rgba = new Uint8Array(count * 4);
  for (let pixel = 0; pixel < count; pixel += 1) {
    rgba[pixel * 4] = pixels[pixel * 3] ?? 0;
    rgba[pixel * 4 + 1] = pixels[pixel * 3 + 1] ?? 0;
    rgba[pixel * 4 + 2] = pixels[pixel * 3 + 2] ?? 0;
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}

export function toCornerstoneImage(imageId: string, frame: Frame, rgba: boolean): Types.IImage {
  const { facts } = frame;
  const color = facts.samples === 3;
  const stored = displayable(frame.pixels);
  const pixels = color && rgba ? withAlpha(stored) : stored;
  const window = color ? { level: 128, width: 256 } : defaultWindow(facts);
  const [rowSpacing, columnSpacing] = facts.spacing ?? [1, 1];
  return {
    imageId,
    rows: facts.rows,
    columns: facts.columns,
    height: facts.rows,
    width: facts.columns,
    color,
    rgba: color && rgba,
    numberOfComponents: color ? (rgba ? 4 : 3) : 1,
    dataType: typeName(pixels),
    slope: 1,
    intercept: 0,
    isPreScaled: true,
    preScale: {
      enabled: true,
      scaled: true,
      scalingParameters: { rescaleSlope: 1, rescaleIntercept: 0, modality: 'OT' },
    },
    minPixelValue: facts.minimum,
    maxPixelValue: facts.maximum,
    windowCenter: window.level,
    windowWidth: window.width,
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    rowPixelSpacing: rowSpacing,
    columnPixelSpacing: columnSpacing,
    // Inversion (MONOCHROME1) is this viewer's own setting, the same on both rendering paths.
    invert: false,
    photometricInterpretation: color ? 'RGB' : 'MONOCHROME2',
    sizeInBytes: pixels.byteLength,
    getPixelData: () => pixels,
    getCanvas: () => document.createElement('canvas'),
    imageFrame: undefined,
  };
}

/** What Cornerstone asks about an image beside its pixels. */
export function metadataOf(type: string, frame: Frame): object | undefined {
  const { facts } = frame;
  const [rowSpacing, columnSpacing] = facts.spacing ?? [1, 1];
  if (type === Enums.MetadataModules.IMAGE_PIXEL) {
    const bytes = frame.pixels.BYTES_PER_ELEMENT;
    return {
      bitsAllocated: Math.max(8, Math.min(16, bytes * 8)),
      bitsStored: Math.max(8, Math.min(16, bytes * 8)),
      highBit: Math.max(8, Math.min(16, bytes * 8)) - 1,
      samplesPerPixel: facts.samples,
      photometricInterpretation: facts.samples === 3 ? 'RGB' : 'MONOCHROME2',
      pixelRepresentation: facts.type === 'int16' || facts.type === 'int8' ? 1 : 0,
    };
  }
  if (type === Enums.MetadataModules.IMAGE_PLANE) {
    return {
      rows: facts.rows,
      columns: facts.columns,
      rowPixelSpacing: rowSpacing,
      columnPixelSpacing: columnSpacing,
      rowCosines: [1, 0, 0],
      columnCosines: [0, 1, 0],
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
      imagePositionPatient: [0, 0, 0],
      frameOfReferenceUID: 'parenchyma',
      // False only where millimetres are real.
      usingDefaultValues: facts.spacing === null,
    };
  }
  if (type === Enums.MetadataModules.GENERAL_SERIES) return { modality: 'OT', seriesInstanceUID: 'parenchyma' };
  return undefined;
}
