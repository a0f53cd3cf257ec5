/** Stored values of one frame of a DICOM image, whatever its transfer syntax. */
import {
  decodeJpeg2000Frame,
  decodeJpegFrame,
  decodeJpegLsFrame,
  decodeRleFrame,
  type DecodedSamples,
} from '../codecs/decode.ts';
import type { StoredArray } from '../pixels/pixelArray.ts';
import { emptySamples, interleave, rawSamples, storedSamples, unpackBits } from '../pixels/samples.ts';
import { Refusal } from '../refusal.ts';
import { expandYbr422 } from '../pixels/colour.ts';
import type { DicomFile } from './dataSet.ts';
import { codedFrames } from './encapsulated.ts';
import { nativeFrameBits, type ImageModule } from './imageModule.ts';
import type { PixelDataPlace } from './structure.ts';

type NativePlace = Extract<PixelDataPlace, { kind: 'native' }>;

export interface StoredFrame {
  /** Interleaved by pixel; 1-bit pixels as bytes; YBR_FULL_422 brought to three samples a pixel. */
  samples: StoredArray;
  colour: DecodedSamples['colour'];
}

/** Reads frames one after the other; nothing but the frame asked for is decoded. */
export interface FrameReader {
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
  if (file.syntax.coding === 'native') {
    throw new Refusal(
      'PIXEL_DATA_DAMAGED',
      'The transfer syntax is an uncompressed one, the pixel data is encapsulated.',
    );
  }
  const frames = codedFrames(file.bytes, place, image.frames, file.syntax.coding);
  return {
    async read(frame) {
      const decoded = await decodeFrame(frames[frame]!, file, image);
      return { samples: toStored(decoded, image), colour: decoded.colour };
    },
  };
}

function decodeFrame(coded: Uint8Array, file: DicomFile, image: ImageModule): Promise<DecodedSamples> | DecodedSamples {
  switch (file.syntax.coding) {
    case 'rle':
      return decodeRleFrame(coded, image);
    case 'jpeg':
      return decodeJpegFrame(coded, image);
    case 'jpeg-ls':
      return decodeJpegLsFrame(coded, image);
    case 'jpeg-2000':
      return decodeJpeg2000Frame(coded, image, false);
    case 'htj2k':
      return decodeJpeg2000Frame(coded, image, true);
    case 'native':
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
    file.warnings.push(
      `The pixel data is ${place.length - needed} bytes longer than the image; the rest was passed over.`,
    );
  }
  const bytes = nativeBytes(file, image, place);
  return { read: (frame) => Promise.resolve({ samples: nativeFrame(bytes, frame, file, image), colour: 'as-header' }) };
}

/** In big endian, bytes that are written as words (OW) lie in swapped pairs (PS3.5 annex D and 7.3). */
function nativeBytes(file: DicomFile, image: ImageModule, { offset, length, vr }: NativePlace): Uint8Array {
  const bytes = file.bytes.subarray(offset, offset + length);
  if (!file.syntax.bigEndian || vr !== 'OW' || image.bitsAllocated > 8) return bytes;
  const words = bytes.slice(0, length - (length % 2));
  Buffer.from(words.buffer).swap16();
  return words;
}

function nativeFrame(bytes: Uint8Array, frame: number, file: DicomFile, image: ImageModule): StoredArray {
  const pixels = image.rows * image.columns;
  if (image.bitsAllocated === 1) return unpackBits(bytes, frame * pixels, pixels);
  const length = nativeFrameBits(image) / 8;
  const raw = rawSamples(
    bytes.subarray(frame * length, (frame + 1) * length),
    image.bitsAllocated,
    file.syntax.bigEndian,
  );
  if (image.photometric === 'YBR_FULL_422') {
    return expandYbr422(storedSamples(raw, image), (count) => emptySamples(image, count));
  }
  return storedSamples(image.planar ? interleave(raw, pixels) : raw, image);
}
