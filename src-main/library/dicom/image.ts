/** A DICOM file opened for its pixels: what is in it, and any of its frames. */
import type { ByteSource } from '../byteSource.ts';
import { PixelSummary, sha256 } from '../hashes.ts';
import type { DecodedFrame, FileInspection } from '../outcomes.ts';
import { luminance, paletteToRgb, toBytes, ybrToRgb } from '../pixels/colour.ts';
import { bytesOf, rangeOf, type StoredArray } from '../pixels/pixelArray.ts';
import { Refusal } from '../refusal.ts';
import { signed16, unsigned16 } from './attributes.ts';
import { readDicom, type DicomFile } from './dataSet.ts';
import { readFacts, readPlace } from './facts.ts';
import { frameReader, type FrameReader, type StoredFrame } from './frames.ts';
import { readImageModule, type ImageModule } from './imageModule.ts';
import { readPalette } from './lookupTables.ts';
import { readModality, readVoiTable, readWindows } from './modality.ts';
import { refuseNonImage } from './objectKind.ts';
import { tags } from './tags.ts';

export interface DicomImage {
  file: DicomFile;
  image: ImageModule;
  reader: FrameReader;
}

export function openDicom(source: ByteSource): DicomImage {
  const file = readDicom(source);
  refuseNonImage(file);
  const image = readImageModule(file.dataSet, file.warnings);
  return { file, image, reader: frameReader(file, image) };
}

/**
 * With `extent` every frame is decoded, for its hash and for range and hash of all frames together. Without, for an import: every frame that has
 * to be decoded is, and hashed; frames that lie in the file as they are were checked by their length, and the check hashes them later.
 */
export async function inspectDicom(source: ByteSource, extent: boolean): Promise<FileInspection> {
  const { file, image, reader } = openDicom(source);
  const summary = extent ? new PixelSummary() : null;
  const framePixelSha256: (string | null)[] = [];
  for (let frame = 0; frame < image.frames; frame++) {
    if (reader.isStored && summary === null) {
      framePixelSha256.push(null);
      continue;
    }
    const { samples } = await reader.read(frame);
    const hash = sha256(bytesOf(samples));
    framePixelSha256.push(hash);
    summary?.add(samples, image.frames > 1 ? null : hash);
  }
  const warnings = [...file.warnings];
  readModality(file.dataSet, 0, image.signed, warnings);
  if (image.photometric === 'PALETTE COLOR') readPalette(file.dataSet, image.signed);
  return {
    summary: summary?.result() ?? null,
    format: 'dicom',
    rows: image.rows,
    columns: image.columns,
    frames: image.frames,
    samplesPerPixel: image.samples,
    photometric: image.photometric,
    bitsAllocated: image.bitsAllocated,
    bitsStored: image.bitsStored,
    signed: image.signed,
    transferSyntax: file.syntax.uid,
    framePixelSha256,
    places: framePixelSha256.map((_, frame) => readPlace(file.dataSet, frame)),
    dicom: readFacts(file.dataSet),
    warnings,
  };
}

/** sha256 of the stored values of one frame. */
export async function storedFrameSha256({ image, reader }: DicomImage, frame: number): Promise<string> {
  requireFrame(image, frame);
  return sha256(bytesOf((await reader.read(frame)).samples));
}

function requireFrame(image: ImageModule, frame: number): void {
  if (frame < image.frames) return;
  throw new Refusal('FRAME_NOT_FOUND', `The file has ${image.frames} frame(s); frame ${frame + 1} was asked for.`);
}

export async function decodeDicomFrame({ file, image, reader }: DicomImage, frame: number): Promise<DecodedFrame> {
  requireFrame(image, frame);
  const read = await reader.read(frame);
  // What is handed out must not be a view of the file's bytes, whose memory the next file takes.
  const stored = read.isView ? { ...read, samples: read.samples.slice() } : read;
  const common = {
    kind: 'frame' as const,
    format: 'dicom' as const,
    rows: image.rows,
    columns: image.columns,
    photometric: image.photometric,
    place: readPlace(file.dataSet, frame),
  };
  const rgb = colourOf(stored, file, image);
  return rgb === null
    ? { ...common, ...grayView(stored.samples, file, image, frame) }
    : { ...common, ...colourView(rgb) };
}

function colourOf({ samples, colour }: StoredFrame, file: DicomFile, image: ImageModule): Uint8Array | null {
  if (image.photometric === 'PALETTE COLOR') return paletteToRgb(samples, readPalette(file.dataSet, image.signed));
  if (image.samples === 1) return null;
  const bytes = toBytes(samples, image.bitsStored, image.signed);
  const ybr = colour === 'as-header' ? image.photometric.startsWith('YBR') : colour === 'ybr';
  return ybr ? ybrToRgb(bytes) : bytes;
}

type View = Omit<DecodedFrame, 'kind' | 'format' | 'rows' | 'columns' | 'photometric' | 'place'>;

function colourView(rgb: Uint8Array): View {
  return {
    pixels: luminance(rgb),
    rgb,
    slope: 1,
    intercept: 0,
    units: 'gray',
    windows: [],
    voiTable: null,
    inverted: false,
    min: 0,
    max: 255,
    isHounsfield: false,
  };
}

function grayView(samples: StoredArray, file: DicomFile, image: ImageModule, frame: number): View {
  const { dataSet } = file;
  const modality = readModality(dataSet, frame, image.signed, []);
  const range = paddingFreeRange(samples, file, image);
  const { table } = modality;
  const pixels =
    table === null
      ? samples
      : Uint16Array.from(samples, (value) => table.data[clampIndex(value - table.first, table.data.length)]!);
  const ends =
    table === null
      ? [range.min, range.max].map((value) => value * modality.slope + modality.intercept)
      : Object.values(rangeOf(pixels));
  return {
    pixels,
    rgb: null,
    slope: modality.slope,
    intercept: modality.intercept,
    units: modality.units,
    windows: readWindows(dataSet, frame),
    // First value mapped of a VOI table counts in modality values, which may be negative in HU, or where the slope is.
    voiTable: readVoiTable(dataSet, frame, image.signed || modality.intercept < 0 || modality.slope < 0),
    inverted: image.photometric === 'MONOCHROME1',
    min: Math.min(...ends),
    max: Math.max(...ends),
    isHounsfield: modality.units === 'HU',
  };
}

function clampIndex(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length - 1);
}

/** Pixel padding (PS3.3 C.7.5.1.1.2) is outside the scanned field and says nothing about the range of the image. */
function paddingFreeRange(
  samples: StoredArray,
  { dataSet }: DicomFile,
  image: ImageModule,
): { min: number; max: number } {
  const read = image.signed ? signed16 : unsigned16;
  const padding = read(dataSet, tags.PixelPaddingValue);
  const limit = read(dataSet, tags.PixelPaddingRangeLimit) ?? padding;
  if (padding === null || limit === null) return rangeOf(samples);
  const [low, high] = padding <= limit ? [padding, limit] : [limit, padding];
  let min = Infinity;
  let max = -Infinity;
  for (const value of samples) {
    if (value >= low && value <= high) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : rangeOf(samples);
}
