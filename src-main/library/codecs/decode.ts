/** One coded frame → raw samples, interleaved by pixel, as many as the DICOM header says. */
import { interleave, type RawSamples } from '../pixels/samples.ts';
import { Refusal } from '../refusal.ts';
import { asUnsigned, readJpeg2000Header, readJpegHeader, requireMatch, type Codestream } from './codestream.ts';
import { charls, jpeg, jpegMessages, openJpeg, openJph, type FrameDecoder } from './modules.ts';
import { decodeRle, joinPlanes } from './rle.ts';

export interface CodedImage {
  rows: number;
  columns: number;
  samples: 1 | 3;
  bitsAllocated: number;
  bitsStored: number;
  photometric: string;
}

/** `colour` says what the samples of a three-sample frame are; the codestream may know better than the DICOM header. */
export interface DecodedSamples {
  raw: RawSamples;
  colour: 'rgb' | 'ybr' | 'as-header';
  /** Bits per sample in the codestream, and its sign; null where the coding has none of its own. */
  precision: number | null;
  signed: boolean | null;
}

export function decodeRleFrame(coded: Uint8Array, image: CodedImage, warn: (text: string) => void): DecodedSamples {
  const pixels = image.rows * image.columns;
  const width = image.bitsAllocated / 8;
  if (!Number.isInteger(width)) throw new Refusal('PIXEL_ATTRIBUTES', 'RLE pixel data of 1 bit is not supported.');
  const planes = decodeRle(coded, image.samples * width, pixels, warn);
  return { raw: joinPlanes(planes, width, image.samples, pixels), colour: 'as-header', precision: null, signed: null };
}

export async function decodeJpegFrame(
  coded: Uint8Array,
  image: CodedImage,
  warn: (text: string) => void,
): Promise<DecodedSamples> {
  const header = readJpegHeader(coded);
  if (header.kind === 0xf7) return decodeJpegLsFrame(coded, image);
  requireMatch(header, image);
  const bitsAllocated = header.precision <= 8 ? 8 : 16;
  const bytes = await decoding('JPEG', () =>
    jpeg.use((module) => {
      const context = new module.Context({
        width: image.columns,
        height: image.rows,
        bitsAllocated,
        bitsStored: header.precision,
        samplesPerPixel: image.samples,
        pixelRepresentation: 0,
        planarConfiguration: 0,
        photometricInterpretation: image.samples === 3 ? 'RGB' : 'MONOCHROME2',
        encodedBuffer: coded,
      });
      jpegMessages.length = 0;
      const decoded = module.NativeCodecs.decodeJpeg(context, { convertColorspaceToRgb: false });
      return decoded.getDecodedBuffer();
    }),
  );
  requireUndamaged(warn);
  const raw = samplesOf(bytes, bitsAllocated, image);
  return { raw, colour: jpegColour(header), precision: header.precision, signed: null };
}

/** libjpeg goes on where entropy-coded data ends early or makes no sense; what it made up is no picture. */
function requireUndamaged(warn: (text: string) => void): void {
  const said = jpegMessages.join('\n');
  if (/premature end|bad huffman|instead of RST/i.test(said)) {
    throw new Refusal('PIXEL_DATA_DAMAGED', 'The compressed pixel data is damaged: a part of the picture is missing.');
  }
  if (/extraneous bytes/i.test(said)) warn('The JPEG pixel data holds more than the image; it may be damaged.');
}

/**
 * Adobe's marker names the transform; components named R, G, B are what they say; JFIF knows YCbCr only, and writers that call it RGB
 * are many. Lossless JPEG transforms nothing.
 */
function jpegColour(header: Codestream): DecodedSamples['colour'] {
  if (header.adobeTransform !== null) return header.adobeTransform === 1 ? 'ybr' : 'rgb';
  if (String.fromCharCode(...header.componentIds) === 'RGB') return 'rgb';
  return header.jfif && header.kind !== losslessJpeg ? 'ybr' : 'as-header';
}

const losslessJpeg = 0xc3;

export async function decodeJpegLsFrame(coded: Uint8Array, image: CodedImage): Promise<DecodedSamples> {
  const header = readJpegHeader(coded);
  if (header.kind !== 0xf7)
    throw new Refusal('PIXEL_DATA_DAMAGED', 'The compressed pixel data is no JPEG-LS codestream.');
  requireMatch(header, image);
  const decoded = await decoding('JPEG-LS', () =>
    charls.use((module) => {
      const decoder = new module.JpegLSDecoder();
      const bytes = runDecoder(decoder, coded);
      const planar = decoder.getInterleaveMode() === 0;
      decoder.delete();
      return { bytes, planar };
    }),
  );
  const raw = samplesOf(decoded.bytes, header.precision <= 8 ? 8 : 16, image);
  const pixels = image.rows * image.columns;
  const interleaved = image.samples === 3 && decoded.planar ? interleave(raw, pixels) : raw;
  return { raw: interleaved, colour: 'as-header', precision: header.precision, signed: null };
}

/** JPEG 2000 undoes its own colour transform: what comes out of YBR_ICT and YBR_RCT is RGB. */
export async function decodeJpeg2000Frame(
  coded: Uint8Array,
  image: CodedImage,
  highThroughput: boolean,
): Promise<DecodedSamples> {
  const codestream = withoutContainer(coded);
  const header = readJpeg2000Header(codestream);
  requireMatch(header, image);
  // The wrappers cut negative values of 8 bits and below off: they are told that they are unsigned, which only moves them (T.800 G.1).
  const clipped = header.signed && header.precision <= 8;
  const toDecode = clipped ? asUnsigned(codestream, header.components) : codestream;
  const run = (decoder: FrameDecoder): { bytes: Uint8Array; signed: boolean } => {
    const bytes = runDecoder(decoder, toDecode);
    const info = decoder.getFrameInfo();
    decoder.delete();
    return { bytes, signed: info.isSigned === true };
  };
  const decoded = await decoding(highThroughput ? 'HTJ2K' : 'JPEG 2000', () =>
    highThroughput
      ? openJph.use((module) => run(new module.HTJ2KDecoder()))
      : openJpeg.use((module) => run(new module.J2KDecoder())),
  );
  const decodedSamples = samplesOf(decoded.bytes, header.precision <= 8 ? 8 : 16, image);
  if (clipped) decodedSamples.forEach((value, index) => (decodedSamples[index] = value - 2 ** (header.precision - 1)));
  const byComponent = highThroughput && image.samples === 3 && !header.colourTransform;
  const raw = byComponent ? fromComponentLines(decodedSamples, image) : decodedSamples;
  const transformed = image.photometric === 'YBR_RCT' || image.photometric === 'YBR_ICT';
  return { raw, colour: transformed ? 'rgb' : 'as-header', precision: header.precision, signed: decoded.signed };
}

/**
 * Without a colour transform OpenJPH gives all lines of the first component, then those of the second and third; the codec's wrapper takes
 * them for one line of each in turn.
 */
function fromComponentLines(raw: RawSamples, { rows, columns }: CodedImage): RawSamples {
  const result = raw.slice();
  for (let line = 0; line < 3 * rows; line++) {
    const from = 3 * columns * Math.floor(line / 3) + (line % 3);
    const to = 3 * columns * (line % rows) + Math.floor(line / rows);
    for (let column = 0; column < columns; column++) result[to + 3 * column] = raw[from + 3 * column]!;
  }
  return result;
}

/** Some writers wrap the codestream in a JP2 file, against PS3.5 A.4.4; the codestream is in its `jp2c` box. */
function withoutContainer(coded: Uint8Array): Uint8Array {
  const jp2 = [0x00, 0x00, 0x00, 0x0c, 0x6a, 0x50, 0x20, 0x20];
  if (!jp2.every((value, index) => coded[index] === value)) return coded;
  const box = Buffer.from(coded.buffer, coded.byteOffset, coded.byteLength).indexOf('jp2c', 0, 'latin1');
  return box < 0 ? coded : coded.subarray(box + 4);
}

function runDecoder(decoder: FrameDecoder, coded: Uint8Array): Uint8Array {
  decoder.getEncodedBuffer(coded.length).set(coded);
  decoder.decode();
  // The view is into WebAssembly memory that the next decode overwrites.
  return decoder.getDecodedBuffer().slice();
}

async function decoding<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal('PIXEL_DATA_DAMAGED', `The ${name} pixel data cannot be decoded; it is damaged.`, { cause });
  }
}

/** The decoders answer with nothing, or with less, when they fail without saying so. */
function samplesOf(bytes: Uint8Array | undefined, bitsPerSample: 8 | 16, image: CodedImage): RawSamples {
  const count = image.rows * image.columns * image.samples;
  if (bytes === undefined || bytes.byteLength !== (count * bitsPerSample) / 8) {
    throw new Refusal(
      'PIXEL_DATA_DAMAGED',
      'The compressed pixel data does not decode to the whole image; it is damaged.',
    );
  }
  // Of signed codestreams the wrappers give an Int8Array.
  if (bitsPerSample === 8) return new Uint8Array(bytes.buffer, bytes.byteOffset, count);
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, count);
}
