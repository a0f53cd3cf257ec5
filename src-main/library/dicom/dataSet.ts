/** From the bytes of a file to a parsed data set: preamble, file meta, transfer syntax, inflation, validation, dicom-parser. */
import { inflateRawSync } from 'node:zlib';
import type { DataSet } from 'dicom-parser';
import { limits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { readFileMeta } from './fileMeta.ts';
import { parser } from './parser.ts';
import { validateStructure, type Encoding, type Structure } from './structure.ts';
import { isBulkData } from './tags.ts';
import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  transferSyntax,
  type TransferSyntax,
} from './transferSyntax.ts';

export interface DicomFile {
  /** The bytes that the data set's offsets count in: the file's, or the inflated ones. */
  bytes: Uint8Array;
  dataSet: DataSet;
  syntax: TransferSyntax;
  pixelData: Structure['pixelData'];
  warnings: string[];
}

export function readDicom(file: Uint8Array): DicomFile {
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
  const bytes = syntax.deflated ? inflate(file.subarray(meta.end)) : file;
  const read = parse(bytes, syntax.deflated ? 0 : meta.end, syntax);
  return { ...read, warnings: [...meta.warnings, ...read.warnings] };
}

/** Without file meta the encoding is the one in which the whole data set adds up; implicit little endian is the default (PS3.5, 10.1). */
function readWithoutMeta(file: Uint8Array, start: number): DicomFile {
  let refusal: unknown;
  for (const uid of likelyEncodings(file, start)) {
    const syntax = transferSyntax(uid)!;
    try {
      const read = parse(file, start, syntax);
      return {
        ...read,
        warnings: ['The file has no meta information; its encoding was found by trial.', ...read.warnings],
      };
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}

function likelyEncodings(file: Uint8Array, start: number): string[] {
  if (file[start] === 0) return [explicitBigEndian];
  const explicit = [4, 5].every((at) => file[start + at]! >= 0x41 && file[start + at]! <= 0x5a);
  return explicit ? [explicitLittleEndian] : [implicitLittleEndian];
}

function inflate(deflated: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(inflateRawSync(deflated, { maxOutputLength: limits.inflatedBytes }));
  } catch (cause) {
    if (cause instanceof RangeError) {
      const megabytes = limits.inflatedBytes / 1024 ** 2;
      throw new Refusal('INFLATED_TOO_LARGE', `The deflated data set is larger than ${megabytes} MB when inflated.`, {
        cause,
      });
    }
    throw new Refusal('DICOM_DAMAGED', 'The deflated data set cannot be inflated; the file is damaged.', { cause });
  }
}

function parse(bytes: Uint8Array, start: number, syntax: TransferSyntax): DicomFile {
  if (start >= bytes.length) throw new Refusal('DICOM_TRUNCATED', 'The DICOM file ends after its meta information.');
  const { encoding, warning } = trueEncoding(bytes, start, syntax);
  const structure = validateStructure(bytes, start, encoding);
  const reader = encoding.bigEndian ? parser.bigEndianByteArrayParser : parser.littleEndianByteArrayParser;
  const dataSet = new parser.DataSet(reader, bytes, {});
  try {
    const stream = new parser.ByteStream(reader, bytes, start);
    if (encoding.implicit) parser.parseDicomDataSetImplicit(dataSet, stream, structure.end, { vrCallback: bulkDataVr });
    else parser.parseDicomDataSetExplicit(dataSet, stream, structure.end);
  } catch (cause) {
    // dicom-parser throws strings and plain objects.
    throw new Refusal('DICOM_DAMAGED', 'The DICOM data set cannot be parsed; the file is damaged.', { cause });
  }
  const warnings = warning === null ? structure.warnings : [warning, ...structure.warnings];
  return { bytes, dataSet, syntax, pixelData: structure.pixelData, warnings };
}

/** In implicit VR dicom-parser takes any value that begins like an item for a sequence; pixels and tables may begin so by chance. */
function bulkDataVr(tag: string): string | undefined {
  return isBulkData(tag) ? 'OW' : undefined;
}

/** Some writers name implicit VR and write explicit VR, or the other way round; the first element shows which it is. */
function trueEncoding(
  bytes: Uint8Array,
  start: number,
  syntax: TransferSyntax,
): { encoding: Encoding; warning: string | null } {
  const encoding: Encoding = { implicit: syntax.implicit, bigEndian: syntax.bigEndian };
  if (bytes.length < start + 8 || syntax.bigEndian) return { encoding, warning: null };
  const explicit = [4, 5].every((at) => bytes[start + at]! >= 0x41 && bytes[start + at]! <= 0x5a);
  if (explicit !== syntax.implicit) return { encoding, warning: null };
  const [said, written] = explicit ? ['implicit', 'explicit'] : ['explicit', 'implicit'];
  return {
    encoding: { implicit: !explicit, bigEndian: false },
    warning: `The file says ${said} VR but is written in ${written} VR; it was read as written.`,
  };
}
