/** What a decode worker does with one file: the one path from bytes to pixels, for viewer, thumbnails, training and inspection. */
import sharp from 'sharp';
import type { Preprocessing } from '../../src-shared/contract/training.ts';
import type { PatientFacts } from '../../src-shared/contract/viewer.ts';
import { LargeFile, sameStamp, withFile, type ByteSource, type FileStamp, type OpenFile } from './byteSource.ts';
import { fileSha256 } from './hashes.ts';
import { directoryRecords } from './dicom/directoryRecords.ts';
import { decodeDicomFrame, inspectDicom, openDicom, storedFrameSha256, type DicomImage } from './dicom/image.ts';
import { nothingKnown, readPatientFacts } from './dicom/patientFacts.ts';
import { limits } from './limits.ts';
import { measurePicture, type PictureMeasures } from './duplicates/measure.ts';
import type { DecodedFrame, InspectedImage, LibraryImage } from './outcomes.ts';
import { resizeGray } from './pixels/resize.ts';
import { grayBytes } from './pixels/window.ts';
import { decodePicture, inspectPicture } from './raster/picture.ts';
import { Refusal } from './refusal.ts';
import { sniff, type SniffedFormat } from './sniff.ts';

/** Paths of the files that a DICOMDIR lists, in components, below the folder that it lies in. */
export function readDirectory(path: string): Promise<string[][]> {
  return withFile(path, ({ source }) => directoryRecords(source));
}

/** All there is to say about a file, its range and the hash of its stored values included. */
export function inspectFile(path: string): Promise<InspectedImage> {
  return withFile(path, async (file) => {
    const { inspection, ...image } = await inspectOpen(file, true);
    const framePixelSha256 = image.framePixelSha256.filter((hash) => hash !== null);
    return { ...image, framePixelSha256, ...inspection.summary! };
  });
}

/** What an import keeps of a file; nothing is read when it has the size and time of `known`. */
export function readForLibrary(path: string, known: FileStamp | null): Promise<LibraryImage | { kind: 'unchanged' }> {
  return withFile<LibraryImage | { kind: 'unchanged' }>(
    path,
    async (file) => {
      const { inspection: _inspection, ...image } = await inspectOpen(file, false);
      return image;
    },
    (stamp) => (known !== null && sameStamp(known, stamp) ? { kind: 'unchanged' } : null),
  );
}

async function inspectOpen({ source, stamp }: OpenFile, extent: boolean) {
  const format = requireImage(source);
  const inspection = isDicom(format)
    ? await inspectDicom(source, extent)
    : await inspectPicture(wholePicture(source), format, extent);
  const { summary: _summary, ...facts } = inspection;
  return { kind: 'image' as const, ...stamp, fileSha256: fileSha256(source), ...facts, inspection };
}

export function decodeFrame(path: string, frame: number): Promise<DecodedFrame> {
  return withFile(path, (file) => {
    const format = requireImage(file.source);
    return isDicom(format)
      ? decodeDicomFrame(openAgain(path, file), frame)
      : decodePicture(wholePicture(file.source), format, frame);
  });
}

/** The large file that was opened last: someone who scrolls through its frames does not wait for its header each time. */
let recent: { path: string; stamp: FileStamp; source: LargeFile; image: DicomImage } | null = null;

function openAgain(path: string, { source, stamp }: OpenFile): DicomImage {
  if (!(source instanceof LargeFile)) return openDicom(source);
  if (recent?.path === path && sameStamp(recent.stamp, stamp)) {
    recent.source.readThrough(source);
  } else {
    recent = null;
    recent = { path, stamp, source, image: openDicom(source) };
  }
  return recent.image;
}

function wholePicture(source: ByteSource): Uint8Array {
  if (source.length > limits.pictureBytes) {
    const megabytes = limits.pictureBytes / 1024 ** 2;
    throw new Refusal('TOO_LARGE', `The picture file is larger than ${megabytes} MB.`);
  }
  return source.read(0, source.length);
}

/**
 * size × size gray bytes, row-major: modality LUT, window, 8 bit (MONOCHROME1 inverted), antialiased bilinear resize. With
 * `expected`, the sha256 of the file, one that is another by now is refused.
 */
export async function networkInput(
  path: string,
  frame: number,
  preprocessing: Preprocessing,
  expected: string | null,
): Promise<Uint8Array> {
  if (expected !== null) await requireContent(path, expected);
  return inputOf(await decodeFrame(path, frame), preprocessing);
}

/** The file that was checked last: each frame of a long one is asked for by itself. */
let checked: { path: string; stamp: FileStamp; sha256: string } | null = null;

async function requireContent(path: string, expected: string): Promise<void> {
  const now = await withFile(
    path,
    ({ source, stamp }) => {
      checked = { path, stamp, sha256: fileSha256(source) };
      return checked.sha256;
    },
    (stamp) => (checked?.path === path && sameStamp(checked.stamp, stamp) ? checked.sha256 : null),
  );
  if (now !== expected) throw new Refusal('FILE_CHANGED', 'The file is no longer the one that was imported.');
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

/** What the file says of its patient; a plain picture says nothing. */
export function patientFacts(path: string): Promise<PatientFacts> {
  return withFile(path, async ({ source }) =>
    isDicom(requireImage(source)) ? readPatientFacts(openDicom(source).file.dataSet) : nothingKnown,
  );
}

/**
 * Small picture, perceptual hashes and border of one frame. With `expected`, the sha256 of the file, also the hash of the stored values of a
 * DICOM frame, which then belongs to that file and no other.
 */
export async function measure(
  path: string,
  frame: number,
  expected: string | null,
): Promise<PictureMeasures & { pixelSha256: string | null }> {
  const pixelSha256 = expected === null ? null : await pixelHash(path, frame, expected);
  return { ...measurePicture(await decodeFrame(path, frame)), pixelSha256 };
}

/** sha256 of the stored values of one frame of a DICOM file whose sha256 is `expected`; FILE_CHANGED when it is another file by now. */
export async function pixelHash(path: string, frame: number, expected: string): Promise<string> {
  await requireContent(path, expected);
  return withFile(path, (file) => storedFrameSha256(openAgain(path, file), frame));
}

function requireImage(source: ByteSource): SniffedFormat {
  const sniffed = sniff(source.read(0, Math.min(source.length, 4096)), source.length);
  if (sniffed.kind === 'format') return sniffed.format;
  throw new Refusal('NOT_AN_IMAGE', `The file is ${sniffed.name}, not an image that can be read.`);
}

function isDicom(format: SniffedFormat): format is 'dicom' | 'bare-dicom' {
  return format === 'dicom' || format === 'bare-dicom';
}
