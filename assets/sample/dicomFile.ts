import { createHash } from 'node:crypto';

/** Value representations that the sample study needs (PS3.5 section 6.2). */
type ValueRepresentation =
  'AE' | 'AS' | 'CS' | 'DA' | 'DS' | 'IS' | 'LO' | 'LT' | 'OB' | 'OW' | 'PN' | 'SH' | 'ST' | 'TM' | 'UI' | 'UL' | 'US';

export interface DicomElement {
  /** Group and element, for example 0x00100010. */
  tag: number;
  representation: ValueRepresentation;
  value: string | number | Uint8Array;
}

/** UID from any text: 2.25 and the first 128 bits of its SHA-256 as one decimal number (PS3.5 annex B.2). */
export function uidFrom(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return `2.25.${BigInt(`0x${digits}`).toString(10)}`;
}

/** Decimal string of at most 16 characters (PS3.5 section 6.2). */
export function decimal(value: number): string {
  const text = String(Math.round(value * 1e6) / 1e6);
  return text.length <= 16 ? text : value.toPrecision(9);
}

function bytesOf({ representation, value }: DicomElement): Buffer {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(representation === 'UL' ? 4 : 2);
    if (representation === 'UL') bytes.writeUInt32LE(value);
    else bytes.writeUInt16LE(value);
    return bytes;
  }
  if (typeof value !== 'string') return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  // Values have even length: UIDs are filled with a zero byte, text with a space.
  const padding = representation === 'UI' ? '\0' : ' ';
  return Buffer.from(value.length % 2 === 0 ? value : value + padding, 'latin1');
}

/** One element in explicit VR little endian (PS3.5 section 7.1.2). */
function encodeElement(element: DicomElement): Buffer {
  const bytes = bytesOf(element);
  const long = element.representation === 'OB' || element.representation === 'OW';
  const header = Buffer.alloc(long ? 12 : 8);
  header.writeUInt16LE(element.tag >>> 16, 0);
  header.writeUInt16LE(element.tag & 0xffff, 2);
  header.write(element.representation, 4, 'latin1');
  if (long) header.writeUInt32LE(bytes.length, 8);
  else header.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([header, bytes]);
}

const explicitLittleEndian = '1.2.840.10008.1.2.1';

/** A whole DICOM file (PS3.10): preamble, file meta information, then the elements in ascending order of their tags. */
export function encodeDicomFile(sopClass: string, sopInstance: string, elements: readonly DicomElement[]): Buffer {
  const meta = Buffer.concat(
    (
      [
        { tag: 0x00020001, representation: 'OB', value: Uint8Array.of(0, 1) },
        { tag: 0x00020002, representation: 'UI', value: sopClass },
        { tag: 0x00020003, representation: 'UI', value: sopInstance },
        { tag: 0x00020010, representation: 'UI', value: explicitLittleEndian },
        { tag: 0x00020012, representation: 'UI', value: uidFrom('Parenchyma sample study writer') },
        { tag: 0x00020013, representation: 'SH', value: 'PARENCHYMA_1' },
      ] satisfies DicomElement[]
    ).map(encodeElement),
  );
  const length = encodeElement({ tag: 0x00020000, representation: 'UL', value: meta.length });
  const body = [...elements].sort((one, other) => one.tag - other.tag).map(encodeElement);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM', 'latin1'), length, meta, ...body]);
}
