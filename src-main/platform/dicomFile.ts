import { createHash } from 'node:crypto';

/** Value representations of text that the sample study and structured reports need (PS3.5 section 6.2). */
export type TextRepresentation =
  'AE' | 'AS' | 'CS' | 'DA' | 'DS' | 'IS' | 'LO' | 'LT' | 'PN' | 'SH' | 'ST' | 'TM' | 'UI' | 'UT';

/** One element; text is written as UTF-8, so that a file with more than ASCII must say ISO_IR 192. */
export type DicomElement = {
  /** Group and element, for example 0x00100010. */
  tag: number;
} & (
  | { representation: TextRepresentation; value: string }
  | { representation: 'UL' | 'US' | 'FD'; value: number }
  | { representation: 'OB' | 'OW'; value: Uint8Array }
  /** A sequence: its items, each a data set. */
  | { representation: 'SQ'; value: readonly (readonly DicomElement[])[] }
);

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

function bytesOf(element: DicomElement): Buffer {
  switch (element.representation) {
    case 'UL':
    case 'US':
    case 'FD':
      return numberBytes(element.representation, element.value);
    case 'OB':
    case 'OW':
      return Buffer.from(element.value.buffer, element.value.byteOffset, element.value.byteLength);
    case 'SQ':
      return Buffer.concat(element.value.map(encodeItem));
    default: {
      // Values have even length: UIDs are filled with a zero byte, text with a space.
      const bytes = Buffer.from(element.value, 'utf8');
      const padding = element.representation === 'UI' ? 0x00 : 0x20;
      return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(padding)]);
    }
  }
}

function numberBytes(representation: 'UL' | 'US' | 'FD', value: number): Buffer {
  const bytes = Buffer.alloc({ UL: 4, US: 2, FD: 8 }[representation]);
  if (representation === 'UL') bytes.writeUInt32LE(value);
  else if (representation === 'US') bytes.writeUInt16LE(value);
  else bytes.writeDoubleLE(value);
  return bytes;
}

/** One item of a sequence with explicit length (PS3.5 section 7.5). */
function encodeItem(elements: readonly DicomElement[]): Buffer {
  const bytes = encodeElements(elements);
  const header = Buffer.alloc(8);
  header.writeUInt16LE(0xfffe, 0);
  header.writeUInt16LE(0xe000, 2);
  header.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

/** Elements in ascending order of their tags. */
function encodeElements(elements: readonly DicomElement[]): Buffer {
  return Buffer.concat([...elements].sort((one, other) => one.tag - other.tag).map(encodeElement));
}

/** One element in explicit VR little endian (PS3.5 section 7.1.2). */
function encodeElement(element: DicomElement): Buffer {
  const bytes = bytesOf(element);
  const long = ['OB', 'OW', 'SQ', 'UT'].includes(element.representation);
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
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM', 'latin1'), length, meta, encodeElements(elements)]);
}
