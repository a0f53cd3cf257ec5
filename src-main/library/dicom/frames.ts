/** Stored values of one frame of a DICOM image, whatever its transfer syntax. */
import {
  decodeJpeg2000Frame,
  decodeJpegFrame,
  decodeJpegLsFrame,
  decodeRleFrame,
  type DecodedSamples,
} from '../codecs/decode.ts';
import { limits } from '../limits.ts';
import type { StoredArray } from '../pixels/pixelArray.ts';
import { emptySamples, interleave, rawSamples, storedSamples, unpackBits } from '../pixels/samples.ts';
import { Refusal } from '../refusal.ts';
import { expandYbr422 } from '../pixels/colour.ts';
import type { DicomFile } from './dataSet.ts';
import { codedFrames, holdsFragments, type CodedFrames } from './encapsulated.ts';
import { nativeFrameBits, type ImageModule } from './imageModule.ts';
import type { PixelDataPlace } from './structure.ts';

type NativePlace = Extract<PixelDataPlace, { kind: 'native' }>;

export interface StoredFrame {
  /** Interleaved by pixel; 1-bit pixels as bytes; YBR_FULL_422 brought to three samples a pixel. `isView`: may be the file's own bytes. */
  samples: StoredArray;
  colour: DecodedSamples['colour'];
  isView: boolean;
}

/** Reads frames one after the other; nothing but the frame asked for is decoded. */
export interface FrameReader {
  /**
   * True where a frame is bytes of the file as they stand. The number of bytes was checked when the reader was made, and there is nothing to
   * decode that could be damaged: an import need not look at them.
   */
  isStored: boolean;
  read(frame: number): Promise<StoredFrame>;
}

export function frameReader(file: DicomFile, image: ImageModule): FrameReader {
  const place = file.pixelData;
  if (place === null) throw new Refusal('NO_PIXEL_DATA', 'The file holds no pixel data.');
  if (place.kind === 'native') {
    if (file.syntax.coding !== 'native') {
      throw new Refusal(
        'PIXEL_DATA_DAMAGED',
        'The transfer syntax is a compressed one, the pixel data is not encapsulated.',
      );
    }
    return nativeReader(file, image, place);
  }
  if (file.syntax.coding === 'native') throw encapsulatedAsNative();
  if (file.syntax.coding !== 'native-encapsulated') requireDecodable(image);
  const frames = codedFrames(file.source, place, image.frames, file.syntax.coding, file.warnings);
  if (file.syntax.coding === 'native-encapsulated') return encapsulatedNativeReader(frames, file, image);
  return {
    isStored: false,
    async read(frame) {
      const decoded = await decodeFrame(frames.read(frame), file, image);
      return { samples: toStored(decoded, image), colour: decoded.colour, isView: false };
    },
  };
}

function requireDecodable({ rows, columns, samples, bitsAllocated }: ImageModule): void {
  if ((rows * columns * samples * bitsAllocated) / 8 <= limits.codedFrameBytes) return;
  throw new Refusal(
    'TOO_LARGE',
    `One frame is ${columns} × ${rows} pixels; compressed, it may have at most ${limits.codedFrameBytes / 1024 ** 2} MB.`,
  );
}

function encapsulatedAsNative(): Refusal {
  return new Refusal(
    'PIXEL_DATA_DAMAGED',
    'The transfer syntax is an uncompressed one, the pixel data is encapsulated.',
  );
}

function decodeFrame(coded: Uint8Array, file: DicomFile, image: ImageModule): Promise<DecodedSamples> | DecodedSamples {
  const warn = (text: string): void => {
    if (!file.warnings.includes(text)) file.warnings.push(text);
  };
  switch (file.syntax.coding) {
    case 'rle':
      return decodeRleFrame(coded, image, warn);
    case 'jpeg':
      return decodeJpegFrame(coded, image, warn);
    case 'jpeg-ls':
      return decodeJpegLsFrame(coded, image);
    case 'jpeg-2000':
      return decodeJpeg2000Frame(coded, image, false);
    case 'htj2k':
      return decodeJpeg2000Frame(coded, image, true);
    case 'native':
    case 'native-encapsulated':
      throw new Error('native pixel data has no coded frames');
  }
}

/** A codestream's samples are right-aligned whatever High Bit says. */
function toStored({ raw, precision }: DecodedSamples, image: ImageModule): StoredArray {
  const highBit = precision === null ? image.highBit : image.bitsStored - 1;
  return storedSamples(raw, { ...image, highBit });
}

function nativeReader(file: DicomFile, image: ImageModule, place: NativePlace): FrameReader {
  const bits = nativeFrameBits(image);
  if (image.photometric === 'YBR_FULL_422' && image.columns % 2 === 1) {
    throw new Refusal('PIXEL_ATTRIBUTES', 'YBR_FULL_422 needs an even number of columns.');
  }
  const needed = Math.ceil((bits * image.frames) / 8);
  if (place.length < needed) {
    throw new Refusal(
      'PIXEL_DATA_SHORT',
      `The pixel data is ${needed - place.length} bytes short of ${image.frames} frame(s) of ${image.columns} × ${image.rows} pixels.`,
    );
  }
  if (place.length > needed + 1) {
    if (holdsFragments(file.source, place)) throw encapsulatedAsNative();
    file.warnings.push(
      `The pixel data is ${place.length - needed} bytes longer than the image; the rest was passed over.`,
    );
  }
  return {
    isStored: true,
    read(frame) {
      const native = nativeBytes(file, image, place, frame, bits);
      const samples = nativeFrame(native, frame, file, image);
      return Promise.resolve({ samples, colour: 'as-header', isView: true });
    },
  };
}

/** Each fragment, or run of fragments, is one frame as native pixel data holds it, padded to an even length. */
function encapsulatedNativeReader(frames: CodedFrames, file: DicomFile, image: ImageModule): FrameReader {
  const needed = Math.ceil(nativeFrameBits(image) / 8);
  return {
    isStored: false,
    read(frame) {
      const bytes = frames.read(frame);
      if (bytes.length < needed || bytes.length > needed + 1) {
        throw new Refusal(
          'PIXEL_DATA_SHORT',
          `Frame ${frame + 1} of the pixel data has ${bytes.length} bytes; ${image.columns} × ${image.rows} pixels take ${needed}.`,
        );
      }
      const samples = nativeFrame(bytes.subarray(0, needed), 0, file, image);
      return Promise.resolve({ samples, colour: 'as-header', isView: true });
    },
  };
}

/** The bytes of one frame; in big endian, bytes that are written as words (OW) lie in swapped pairs (PS3.5 annex D and 7.3). */
function nativeBytes(file: DicomFile, image: ImageModule, place: NativePlace, frame: number, bits: number): Uint8Array {
  const start = Math.floor((bits * frame) / 8);
  const end = Math.ceil((bits * (frame + 1)) / 8);
  if (!file.syntax.bigEndian || !place.words || image.bitsAllocated > 8) {
    return file.source.read(place.offset + start, end - start);
  }
  const first = start - (start % 2);
  const words = file.source.read(place.offset + first, Math.min(end + (end % 2), place.length) - first).slice();
  Buffer.from(words.buffer, 0, words.length - (words.length % 2)).swap16();
  return words.subarray(start - first, end - first);
}

function nativeFrame(bytes: Uint8Array, frame: number, file: DicomFile, image: ImageModule): StoredArray {
  const pixels = image.rows * image.columns;
  if (image.bitsAllocated === 1) return unpackBits(bytes, (frame * pixels) % 8, pixels);
  const raw = rawSamples(bytes, image.bitsAllocated, file.syntax.bigEndian);
  if (image.photometric === 'YBR_FULL_422') {
    return expandYbr422(storedSamples(raw, image), (count) => emptySamples(image, count));
  }
  return storedSamples(image.planar ? interleave(raw, pixels) : raw, image);
}
