/**
 * From the host's frame to Cornerstone's image. The host has applied the modality LUT already, so slope is 1 and intercept 0:
 * Cornerstone's GPU path never applies them.
 */
import { Enums, type Types } from '@cornerstonejs/core';
import type { Frame, PixelArray } from '../api/images.ts';
import { defaultWindow } from '../ui/windowPresets.ts';
import { pixelSize } from './view.ts';

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

export function imageOf(imageId: string, frame: Frame): Types.IImage {
  const { facts } = frame;
  const color = facts.samples === 3;
  const pixels = displayable(frame.pixels);
  const window = color ? { level: 128, width: 256 } : defaultWindow(facts);
  const [width, height] = pixelSize(facts);
  return {
    imageId,
    rows: facts.rows,
    columns: facts.columns,
    height: facts.rows,
    width: facts.columns,
    color,
    rgba: false,
    numberOfComponents: color ? 3 : 1,
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
    rowPixelSpacing: height,
    columnPixelSpacing: width,
    // Inversion (MONOCHROME1) is this viewer's own setting, the same for both painters.
    invert: false,
    photometricInterpretation: color ? 'RGB' : 'MONOCHROME2',
    sizeInBytes: pixels.byteLength,
    getPixelData: () => pixels,
    getCanvas: () => document.createElement('canvas'),
    imageFrame: undefined,
  };
}

/**
 * What Cornerstone asks about an image beside its pixels. Every picture lies in a plane of its own with its first pixel at the
 * origin: the camera is set from the viewer's own view, and places in the patient are the viewer's business.
 */
export function metadataOf(type: string, frame: Frame): object | undefined {
  const { facts } = frame;
  const [width, height] = pixelSize(facts);
  if (type === Enums.MetadataModules.IMAGE_PIXEL) {
    const bits = Math.max(8, Math.min(16, frame.pixels.BYTES_PER_ELEMENT * 8));
    return {
      bitsAllocated: bits,
      bitsStored: bits,
      highBit: bits - 1,
      samplesPerPixel: facts.samples,
      photometricInterpretation: facts.samples === 3 ? 'RGB' : 'MONOCHROME2',
      pixelRepresentation: facts.type === 'int16' || facts.type === 'int8' ? 1 : 0,
    };
  }
  if (type === Enums.MetadataModules.IMAGE_PLANE) {
    return {
      rows: facts.rows,
      columns: facts.columns,
      rowPixelSpacing: height,
      columnPixelSpacing: width,
      rowCosines: [1, 0, 0],
      columnCosines: [0, 1, 0],
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
      imagePositionPatient: [0, 0, 0],
      frameOfReferenceUID: 'parenchyma',
      usingDefaultValues: facts.spacing === null,
    };
  }
  if (type === Enums.MetadataModules.GENERAL_SERIES) return { modality: 'OT', seriesInstanceUID: 'parenchyma' };
  return undefined;
}
