/** Image Pixel module (PS3.3 C.7.6.3), checked before anything is allocated. */
import type { DataSet } from 'dicom-parser';
import { limits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { code, firstDecimal, unsigned16 } from './attributes.ts';
import { tags } from './tags.ts';

export const photometrics = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_ICT',
  'YBR_RCT',
] as const;
export type Photometric = (typeof photometrics)[number];

export interface ImageModule {
  rows: number;
  columns: number;
  frames: number;
  samples: 1 | 3;
  photometric: Photometric;
  /** 1, 8, 16 or 32. */
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
  signed: boolean;
  /** True when all values of the first sample come first, then the second, then the third. */
  planar: boolean;
}

export function readImageModule(dataSet: DataSet, warnings: string[]): ImageModule {
  const need = (name: string, value: number | null): number => {
    if (value === null) throw invalid(`${name} is missing`);
    return value;
  };
  const rows = need('Rows', unsigned16(dataSet, tags.Rows));
  const columns = need('Columns', unsigned16(dataSet, tags.Columns));
  if (rows === 0 || columns === 0) throw invalid(`the image is ${columns} × ${rows} pixels`);
  const photometric = readPhotometric(dataSet);
  const samples = readSamples(dataSet, photometric);
  const bitsAllocated = need('Bits Allocated', unsigned16(dataSet, tags.BitsAllocated));
  if (![1, 8, 16, 32].includes(bitsAllocated)) throw invalid(`Bits Allocated is ${bitsAllocated}`);
  const bitsStored = need('Bits Stored', unsigned16(dataSet, tags.BitsStored));
  if (bitsStored === 0 || bitsStored > bitsAllocated)
    throw invalid(`Bits Stored is ${bitsStored} of ${bitsAllocated} allocated`);
  const highBit = readHighBit(dataSet, bitsStored, bitsAllocated, warnings);
  const representation = need('Pixel Representation', unsigned16(dataSet, tags.PixelRepresentation));
  if (representation > 1) throw invalid(`Pixel Representation is ${representation}`);
  const planar = samples === 3 && unsigned16(dataSet, tags.PlanarConfiguration) === 1;
  const frames = readFrames(dataSet);
  const image = {
    rows,
    columns,
    frames,
    samples,
    photometric,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: representation === 1,
    planar,
  };
  checkSize(image);
  return image;
}

function readPhotometric(dataSet: DataSet): Photometric {
  const value = code(dataSet, tags.PhotometricInterpretation);
  if (value === null) throw invalid('Photometric Interpretation is missing');
  const known = photometrics.find((one) => one === value);
  if (known === undefined) throw invalid('Photometric Interpretation is not one that is supported');
  return known;
}

function readSamples(dataSet: DataSet, photometric: Photometric): 1 | 3 {
  const expected = photometric.startsWith('MONOCHROME') || photometric === 'PALETTE COLOR' ? 1 : 3;
  const samples = unsigned16(dataSet, tags.SamplesPerPixel);
  if (samples !== expected)
    throw invalid(`Samples per Pixel is ${samples ?? 'missing'}, ${photometric} has ${expected}`);
  return expected;
}

function readHighBit(dataSet: DataSet, bitsStored: number, bitsAllocated: number, warnings: string[]): number {
  const highBit = unsigned16(dataSet, tags.HighBit);
  if (highBit === bitsStored - 1) return highBit;
  if (highBit === null || highBit < bitsStored - 1 || highBit >= bitsAllocated) {
    warnings.push('High Bit is missing or wrong; one less than Bits Stored was taken.');
    return bitsStored - 1;
  }
  return highBit;
}

function readFrames(dataSet: DataSet): number {
  if (dataSet.elements[tags.NumberOfFrames] === undefined || dataSet.elements[tags.NumberOfFrames]?.length === 0)
    return 1;
  const frames = firstDecimal(dataSet, tags.NumberOfFrames);
  if (frames === null || !Number.isInteger(frames) || frames < 1)
    throw invalid(`Number of Frames is ${frames ?? 'no number'}`);
  return frames;
}

/** Bytes of one frame as native pixel data holds it; a frame of 1-bit pixels may end inside a byte. */
export function nativeFrameBits(image: ImageModule): number {
  const samples = image.photometric === 'YBR_FULL_422' ? 2 : image.samples;
  return image.rows * image.columns * samples * image.bitsAllocated;
}

function checkSize(image: ImageModule): void {
  const bytes = image.rows * image.columns * image.samples * Math.max(1, image.bitsAllocated / 8);
  if (bytes > limits.frameBytes) {
    throw new Refusal(
      'TOO_LARGE',
      `One frame is ${image.columns} × ${image.rows} pixels, ${Math.round(bytes / 1e6)} MB; the limit is ${limits.frameBytes / 1024 ** 2} MB.`,
    );
  }
  if (image.frames > limits.frames || bytes * image.frames > limits.decodedBytes) {
    throw new Refusal(
      'TOO_LARGE',
      `The file says it has ${image.frames} frames of ${Math.ceil(bytes / 1e6)} MB, which is past the limit.`,
    );
  }
}

function invalid(what: string): Refusal {
  return new Refusal('PIXEL_ATTRIBUTES', `The image cannot be read: ${what}.`);
}
