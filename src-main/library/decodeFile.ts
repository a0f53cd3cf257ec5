/** What a decode worker does with one file: the one path from bytes to pixels, for viewer, thumbnails, training and inspection. */
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Preprocessing } from '../../src-shared/contract/training.ts';
import { decodeDicomFrame, inspectDicom, openDicom } from './dicom/image.ts';
import type { DecodedFrame, InspectedImage } from './outcomes.ts';
import { resizeGray } from './pixels/resize.ts';
import { grayBytes } from './pixels/window.ts';
import { decodePicture, inspectPicture } from './raster/picture.ts';
import { readWholeFile } from './readFile.ts';
import { Refusal } from './refusal.ts';
import { sniff, type SniffedFormat } from './sniff.ts';

export async function inspectFile(path: string): Promise<InspectedImage> {
  const bytes = await readWholeFile(path);
  const format = requireImage(bytes);
  const inspection = isDicom(format) ? await inspectDicom(bytes) : await inspectPicture(bytes, format);
  const fileSha256 = createHash('sha256').update(bytes).digest('hex');
  return { kind: 'image', bytes: bytes.length, fileSha256, ...inspection };
}

export async function decodeFrame(path: string, frame: number): Promise<DecodedFrame> {
  const bytes = await readWholeFile(path);
  const format = requireImage(bytes);
  return isDicom(format) ? decodeDicomFrame(openDicom(bytes), frame) : decodePicture(bytes, format, frame);
}

/** size × size gray bytes, row-major: modality LUT, window, 8 bit (MONOCHROME1 inverted), antialiased bilinear resize. */
export async function networkInput(path: string, frame: number, preprocessing: Preprocessing): Promise<Uint8Array> {
  const decoded = await decodeFrame(path, frame);
  return inputOf(decoded, preprocessing);
}

export function inputOf(frame: DecodedFrame, { imageSize, window }: Preprocessing): Uint8Array {
  return resizeGray(grayBytes(frame, window), frame.rows, frame.columns, imageSize, imageSize);
}

/** WebP whose longer edge is `edge` pixels at most, in the default window. */
export async function thumbnail(path: string, frame: number, edge: number): Promise<Uint8Array> {
  const decoded = await decodeFrame(path, frame);
  const channels = decoded.rgb === null ? 1 : 3;
  const bytes = decoded.rgb ?? grayBytes(decoded, null);
  const picture = sharp(bytes, { raw: { width: decoded.columns, height: decoded.rows, channels } });
  picture.resize(edge, edge, { fit: 'inside', withoutEnlargement: true });
  // sharp's buffer is not one that may be moved to another thread.
  return new Uint8Array(await picture.webp({ quality: 80, effort: 2 }).toBuffer());
}

function requireImage(bytes: Uint8Array): SniffedFormat {
  const sniffed = sniff(bytes);
  if (sniffed.kind === 'format') return sniffed.format;
  throw new Refusal('NOT_AN_IMAGE', `The file is ${sniffed.name}, not an image that can be read.`);
}

function isDicom(format: SniffedFormat): format is 'dicom' | 'bare-dicom' {
  return format === 'dicom' || format === 'bare-dicom';
}
