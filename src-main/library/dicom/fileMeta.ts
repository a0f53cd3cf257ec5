/** Preamble and file meta information, PS3.10 section 7.1: always explicit VR little endian. */
import type { ByteSource } from '../byteSource.ts';
import { Refusal } from '../refusal.ts';
import { dataSetStart } from '../sniff.ts';

export interface FileMeta {
  present: boolean;
  transferSyntax: string | null;
  sopClass: string | null;
  /** Where the data set begins. */
  end: number;
  warnings: string[];
}

const longVrs = new Set(['OB', 'OW', 'UN', 'UT', 'SQ', 'OF', 'OD', 'OL', 'UC', 'UR', 'OV', 'SV', 'UV']);

/** More than any writer puts into its file meta information. */
const mostBytes = 1024 ** 2;

export function readFileMeta(source: ByteSource): FileMeta {
  const bytes = source.whole ?? source.read(0, Math.min(source.length, mostBytes));
  const prefixed = bytes.length >= 132 && latin1(bytes, 128, 132) === 'DICM';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const meta: FileMeta = {
    present: false,
    transferSyntax: null,
    sopClass: null,
    end: prefixed ? 132 : (dataSetStart(bytes, source.length) ?? 0),
    warnings: [],
  };
  let groupEnd: number | null = null;
  let lastTag = -1;
  while (meta.end + 8 <= bytes.length && view.getUint16(meta.end, true) === 2) {
    meta.present = true;
    const element = readMetaElement(bytes, view, meta.end);
    if (element.tag <= lastTag) meta.warnings.push('Elements of the file meta information are out of order.');
    lastTag = element.tag;
    if (element.tag === 0 && element.length === 4) groupEnd = element.end + view.getUint32(element.value, true);
    if (element.tag === 0x0002) meta.sopClass = uid(bytes, element);
    if (element.tag === 0x0010) meta.transferSyntax = uid(bytes, element) || null;
    meta.end = element.end;
  }
  if (prefixed && bytes.length <= meta.end + 8 && !meta.present) {
    throw new Refusal('DICOM_TRUNCATED', 'The DICOM file ends after its preamble.');
  }
  if (groupEnd !== null && groupEnd !== meta.end) {
    meta.warnings.push('The length of the file meta information is wrong; its end was found by reading it.');
  }
  return meta;
}

interface MetaElement {
  tag: number;
  value: number;
  length: number;
  end: number;
}

function readMetaElement(bytes: Uint8Array, view: DataView, position: number): MetaElement {
  const tag = view.getUint16(position + 2, true);
  const vr = String.fromCharCode(bytes[position + 4]!, bytes[position + 5]!);
  if (!/^[A-Z]{2}$/.test(vr)) throw new Refusal('DICOM_DAMAGED', 'The file meta information is damaged.');
  const long = longVrs.has(vr);
  const value = position + (long ? 12 : 8);
  if (value > bytes.length) throw truncated();
  const length = long ? view.getUint32(position + 8, true) : view.getUint16(position + 6, true);
  if (value + length > bytes.length) throw truncated();
  return { tag, value, length, end: value + length };
}

function uid(bytes: Uint8Array, { value, length }: MetaElement): string {
  return latin1(bytes, value, value + Math.min(length, 64)).replace(/[\0 ]+$/, '');
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', start, end);
}

function truncated(): Refusal {
  return new Refusal(
    'DICOM_TRUNCATED',
    'The DICOM file ends within its meta information; it was probably not copied completely.',
  );
}
