/** Plain pictures through sharp: PNG, JPEG, TIFF, WebP; BMP through its own reader. Gray levels, no HU, no millimetres. */
import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { limits } from '../limits.ts';
import { PixelSummary, sha256 } from '../hashes.ts';
import type { DecodedFrame, FileInspection, FramePlace, ImageFormat } from '../outcomes.ts';
import { luminance } from '../pixels/colour.ts';
import { bytesOf } from '../pixels/pixelArray.ts';
import { Refusal } from '../refusal.ts';
import { readBitmap } from './bitmap.ts';
import { requireCompleteJpeg, requireCompletePng } from './complete.ts';
import { orient } from './orientation.ts';

export type PictureFormat = Exclude<ImageFormat, 'dicom'>;

/** As stored: before orientation, alpha laid on black, one or three samples a pixel. */
interface StoredPicture {
  rows: number;
  columns: number;
  samples: 1 | 3;
  bits: 8 | 16;
  data: Uint8Array | Uint16Array;
  orientation: number;
  pages: number;
  photometric: string;
  warnings: string[];
}

const nowhere: FramePlace = { position: null, orientation: null, spacing: null, sliceThickness: null };

/** sharp counts by the clock, and on threads of its own: more than enough for the largest picture on a busy machine. */
const pictureSeconds = 8;

sharp.concurrency(1);
sharp.cache(false);

/** Decodes every page, for its hash; with `extent` also for the range and hash of all pages together. */
export async function inspectPicture(
  bytes: Uint8Array,
  format: PictureFormat,
  extent: boolean,
): Promise<FileInspection> {
  const first = await readPicture(bytes, format, 0);
  const summary = extent ? new PixelSummary() : null;
  const framePixelSha256: string[] = [];
  for (let page = 0; page < first.pages; page++) {
    const picture = page === 0 ? first : await readPicture(bytes, format, page);
    if (picture.rows !== first.rows || picture.columns !== first.columns) {
      throw new Refusal('FORMAT_UNSUPPORTED', 'The pages of the picture have different sizes.');
    }
    const hash = sha256(bytesOf(picture.data));
    framePixelSha256.push(hash);
    summary?.add(picture.data, first.pages > 1 ? null : hash);
  }
  const turned = first.orientation >= 5;
  return {
    summary: summary?.result() ?? null,
    format,
    rows: turned ? first.columns : first.rows,
    columns: turned ? first.rows : first.columns,
    frames: first.pages,
    samplesPerPixel: first.samples,
    photometric: first.photometric,
    bitsAllocated: first.bits,
    bitsStored: first.bits,
    signed: false,
    transferSyntax: null,
    framePixelSha256,
    places: framePixelSha256.map(() => nowhere),
    dicom: null,
    warnings: first.warnings,
  };
}

export async function decodePicture(bytes: Uint8Array, format: PictureFormat, frame: number): Promise<DecodedFrame> {
  const stored = await readPicture(bytes, format, frame);
  const { rows, columns, data } = orient(stored, stored.orientation, stored.samples);
  const colour = stored.samples === 3 && !isGray(data);
  const rgb = colour ? to8Bit(data) : null;
  const gray = stored.samples === 1 ? data : everyThird(data);
  const full = 2 ** stored.bits - 1;
  return {
    kind: 'frame',
    format,
    rows,
    columns,
    pixels: rgb === null ? gray : luminance(rgb),
    rgb,
    slope: 1,
    intercept: 0,
    units: 'gray',
    windows: [],
    voiTable: null,
    inverted: false,
    photometric: stored.photometric,
    place: nowhere,
    // The scale of the format, not the range of this picture: gray levels are comparable between pictures as they stand.
    min: 0,
    max: rgb === null ? full : 255,
    isHounsfield: false,
  };
}

async function readPicture(bytes: Uint8Array, format: PictureFormat, page: number): Promise<StoredPicture> {
  if (format === 'bmp') {
    if (page > 0) throw new Refusal('FRAME_NOT_FOUND', 'A bitmap has one frame.');
    const { rgb, ...size } = readBitmap(bytes);
    return { ...size, samples: 3, bits: 8, data: rgb, orientation: 1, pages: 1, photometric: 'RGB', warnings: [] };
  }
  if (format === 'png') requireCompletePng(bytes);
  if (format === 'jpeg') requireCompleteJpeg(bytes);
  try {
    return await readWithSharp(bytes, page);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    const detail = cause instanceof Error ? cause.message.split('\n')[0]! : '';
    if (/pixel limit/i.test(detail))
      throw new Refusal('TOO_LARGE', `The picture is larger than ${limits.rasterPixels / 1024 ** 2} megapixels.`, {
        cause,
      });
    if (/timeout/i.test(detail)) throw new Refusal('TIME_LIMIT', 'Reading the picture took too long.', { cause });
    if (/unsupported|support is not|not a supported|bad lab/i.test(detail))
      throw new Refusal('FORMAT_UNSUPPORTED', `The picture is of a kind that is not read (${detail}).`, { cause });
    throw new Refusal('PICTURE_DAMAGED', `The picture cannot be read; it is damaged (${detail}).`, { cause });
  }
}

async function readWithSharp(bytes: Uint8Array, page: number): Promise<StoredPicture> {
  const options: SharpOptions = {
    failOn: 'warning',
    limitInputPixels: limits.rasterPixels,
    sequentialRead: true,
    ignoreIcc: true,
  };
  const metadata = await sharp(bytes, options).metadata();
  const pages = metadata.format === 'tiff' ? (metadata.pages ?? 1) : 1;
  if (page >= pages)
    throw new Refusal('FRAME_NOT_FOUND', `The picture has ${pages} page(s); page ${page + 1} was asked for.`);
  checkMetadata(metadata, pages);
  const gray = metadata.space === 'b-w' || metadata.space === 'grey16' || metadata.channels <= 2;
  const deep = metadata.depth === 'ushort';
  const pipeline = sharp(bytes, page > 0 ? { ...options, page } : options).timeout({ seconds: pictureSeconds });
  if (metadata.hasAlpha) pipeline.flatten({ background: '#000000' });
  pipeline.toColourspace(deep ? (gray ? 'grey16' : 'rgb16') : gray ? 'b-w' : 'srgb');
  const { data, info } = await pipeline.raw({ depth: deep ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true });
  const samples = info.channels === 1 ? 1 : 3;
  const warnings = metadata.space === 'cmyk' ? ['The picture is in CMYK; it was converted to RGB.'] : [];
  const plain = info.channels > 3 ? dropFourth(data, info.channels) : new Uint8Array(data);
  return {
    rows: info.height,
    columns: info.width,
    samples,
    bits: deep ? 16 : 8,
    data: deep ? new Uint16Array(plain.buffer, plain.byteOffset, plain.byteLength / 2) : plain,
    orientation: metadata.orientation ?? 1,
    pages,
    photometric: metadata.space === 'cmyk' ? 'CMYK' : samples === 1 ? 'MONOCHROME2' : 'RGB',
    warnings: metadata.hasAlpha ? [...warnings, 'Transparency was laid on black.'] : warnings,
  };
}

function checkMetadata(metadata: Metadata, pages: number): void {
  if (metadata.depth !== 'uchar' && metadata.depth !== 'ushort') {
    throw new Refusal('FORMAT_UNSUPPORTED', `Pictures with values of type ${metadata.depth} are not supported.`);
  }
  const bytes = metadata.width * metadata.height * 3 * (metadata.depth === 'ushort' ? 2 : 1);
  if (bytes > limits.frameBytes || bytes * pages > limits.decodedBytes || pages > limits.rasterPages) {
    throw new Refusal(
      'TOO_LARGE',
      `The picture is ${metadata.width} × ${metadata.height} pixels with ${pages} page(s), which is past the limit.`,
    );
  }
}

function dropFourth(data: Uint8Array, channels: number): Uint8Array {
  const pixels = data.length / channels;
  const result = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++)
    result.set(data.subarray(pixel * channels, pixel * channels + 3), pixel * 3);
  return result;
}

/** Most CT pictures cut from publications are gray in three channels. */
function isGray(data: Uint8Array | Uint16Array): boolean {
  for (let at = 0; at < data.length; at += 3) if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return false;
  return true;
}

function everyThird(data: Uint8Array | Uint16Array): Uint8Array | Uint16Array {
  const result = data.slice(0, data.length / 3);
  for (let pixel = 0; pixel < result.length; pixel++) result[pixel] = data[3 * pixel]!;
  return result;
}

function to8Bit(data: Uint8Array | Uint16Array): Uint8Array {
  return data instanceof Uint8Array ? data : Uint8Array.from(data, (value) => Math.round(value / 257));
}
