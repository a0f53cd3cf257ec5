/** From the bytes of a file to a parsed data set: preamble, file meta, transfer syntax, inflation, validation, dicom-parser. */
import { inflateRawSync } from 'node:zlib';
import type { DataSet } from 'dicom-parser';
import { memorySource, type ByteSource } from '../byteSource.ts';
import { limits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { readFileMeta } from './fileMeta.ts';
import { parser } from './parser.ts';
import { validateStructure, type Encoding, type Structure } from './structure.ts';
import { isBulkData, tags } from './tags.ts';
import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  transferSyntax,
  type TransferSyntax,
} from './transferSyntax.ts';

export interface DicomFile {
  /** What the offsets of the pixel data count in: the file's bytes, or the inflated ones. */
  source: ByteSource;
  /** Whether `source` is the file itself. */
  inflated: boolean;
  /** Everything before the pixel data. */
  dataSet: DataSet;
  syntax: TransferSyntax;
  pixelData: Structure['pixelData'];
  warnings: string[];
}

export function readDicom(file: ByteSource): DicomFile {
  const meta = readFileMeta(file);
  const syntax = meta.transferSyntax === null ? null : transferSyntax(meta.transferSyntax);
  if (meta.transferSyntax !== null && syntax === null) {
    throw new Refusal('TRANSFER_SYNTAX_UNSUPPORTED', `The transfer syntax ${meta.transferSyntax} is not supported.`);
  }
  if (syntax === null) {
    if (meta.present)
      throw new Refusal('TRANSFER_SYNTAX_MISSING', 'The file meta information names no transfer syntax.');
    return readWithoutMeta(file, meta.end);
  }
  const warnings = [...meta.warnings];
  const source = syntax.deflated ? memorySource(inflate(file, meta.end, warnings)) : file;
  const read = parse(source, syntax.deflated ? 0 : meta.end, syntax);
  return { ...read, warnings: [...warnings, ...read.warnings] };
}

/** Without file meta the encoding is told by the first element; implicit little endian is the default (PS3.5, 10.1). */
function readWithoutMeta(file: ByteSource, start: number): DicomFile {
  const read = parse(file, start, transferSyntax(likelyEncoding(file, start))!);
  return {
    ...read,
    warnings: ['The file has no meta information; its encoding was found by trial.', ...read.warnings],
  };
}

function likelyEncoding(file: ByteSource, start: number): string {
  if (file.length < start + 6) throw new Refusal('DICOM_TRUNCATED', 'The DICOM file ends before its data set.');
  const first = file.read(start, 6);
  if (first[0] === 0) return explicitBigEndian;
  return isVr(first) ? explicitLittleEndian : implicitLittleEndian;
}

/** Whether two upper case letters follow the tag of an element. */
function isVr(element: Uint8Array): boolean {
  return [4, 5].every((at) => element[at]! >= 0x41 && element[at]! <= 0x5a);
}

/** What zlib gives when it is asked for `info`, which its typings leave out; `bytesWritten` counts what it took in. */
interface Inflated {
  buffer: Buffer<ArrayBuffer>;
  engine: { bytesWritten: number };
}

function inflate(file: ByteSource, start: number, warnings: string[]): Uint8Array {
  if (file.length - start > limits.pictureBytes) {
    throw new Refusal('TOO_LARGE', 'The deflated data set is larger than what may be inflated.');
  }
  try {
    const deflated = file.read(start, file.length - start);
    const inflated: unknown = inflateRawSync(deflated, { maxOutputLength: limits.inflatedBytes, info: true });
    const { buffer, engine } = inflated as Inflated;
    // A zero byte makes the length even (PS3.5 A.5).
    if (deflated.subarray(engine.bytesWritten).some((byte) => byte !== 0))
      warnings.push('Something that is no part of it follows the deflated data set; it was passed over.');
    return new Uint8Array(buffer);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    if (cause instanceof RangeError) {
      const megabytes = limits.inflatedBytes / 1024 ** 2;
      throw new Refusal('INFLATED_TOO_LARGE', `The deflated data set is larger than ${megabytes} MB when inflated.`, {
        cause,
      });
    }
    throw new Refusal('DICOM_DAMAGED', 'The deflated data set cannot be inflated; the file is damaged.', { cause });
  }
}

function parse(source: ByteSource, start: number, syntax: TransferSyntax): DicomFile {
  if (start >= source.length) throw new Refusal('DICOM_TRUNCATED', 'The DICOM file ends after its meta information.');
  const { encoding, warning } = trueEncoding(source, start, syntax);
  const structure = validateStructure(source, start, encoding);
  if (structure.headEnd > limits.headBytes) {
    throw new Refusal('TOO_LARGE', 'The attributes before the pixel data are larger than what may be read.');
  }
  const warnings = warning === null ? structure.warnings : [warning, ...structure.warnings];
  return {
    source,
    inflated: syntax.deflated,
    dataSet: parseHead(wantedHead(source, structure), encoding),
    syntax,
    pixelData: structure.pixelData,
    warnings,
  };
}

const wantedTags = new Set(Object.values(tags).map((tag) => Number.parseInt(tag.slice(1), 16)));

/** The elements that the library reads, one after the other: the parser sees no others, which is safer, and most of its time. */
function wantedHead(source: ByteSource, { elements, headEnd, longVrs }: Structure): Uint8Array {
  const head = source.read(0, headEnd);
  const parts: Uint8Array[] = [];
  elements.forEach(({ tag, start }, index) => {
    if (!wantedTags.has(tag)) return;
    const end = elements[index + 1]?.start ?? headEnd;
    const inside = longVrs.filter((at) => at >= start && at < end);
    const part = head.subarray(start, end);
    parts.push(
      inside.length === 0
        ? part
        : withoutLongVrs(
            part,
            inside.map((at) => at - start),
          ),
    );
  });
  return Buffer.concat(parts);
}

/** dicom-parser does not know the 64-bit VRs and would take their length for one of two bytes: it is shown OB instead. */
function withoutLongVrs(element: Uint8Array, longVrs: readonly number[]): Uint8Array {
  const shown = element.slice();
  for (const at of longVrs) shown.set([0x4f, 0x42], at);
  return shown;
}

function parseHead(head: Uint8Array, encoding: Encoding): DataSet {
  const reader = encoding.bigEndian ? parser.bigEndianByteArrayParser : parser.littleEndianByteArrayParser;
  const dataSet = new parser.DataSet(reader, head, {});
  try {
    const stream = new parser.ByteStream(reader, head, 0);
    if (encoding.implicit) parser.parseDicomDataSetImplicit(dataSet, stream, head.length, { vrCallback: bulkDataVr });
    else parser.parseDicomDataSetExplicit(dataSet, stream, head.length);
    return dataSet;
  } catch (cause) {
    // dicom-parser throws strings and plain objects.
    throw new Refusal('DICOM_DAMAGED', 'The DICOM data set cannot be parsed; the file is damaged.', { cause });
  }
}

/** In implicit VR dicom-parser takes any value that begins like an item for a sequence; pixels and tables may begin so by chance. */
function bulkDataVr(tag: string): string | undefined {
  return isBulkData(tag) ? 'OW' : undefined;
}

/** Some writers name implicit VR and write explicit VR, or the other way round; the first element shows which it is. */
function trueEncoding(
  source: ByteSource,
  start: number,
  syntax: TransferSyntax,
): { encoding: Encoding; warning: string | null } {
  const encoding: Encoding = { implicit: syntax.implicit, bigEndian: syntax.bigEndian };
  if (source.length < start + 8 || syntax.bigEndian) return { encoding, warning: null };
  const explicit = isVr(source.read(start, 6));
  if (explicit !== syntax.implicit) return { encoding, warning: null };
  const [said, written] = explicit ? ['implicit', 'explicit'] : ['explicit', 'implicit'];
  return {
    encoding: { implicit: !explicit, bigEndian: false },
    warning: `The file says ${said} VR but is written in ${written} VR; it was read as written.`,
  };
}
