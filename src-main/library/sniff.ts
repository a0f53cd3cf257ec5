/** A file's type by its content; its name is not believed (34 of COVID-CT's 746 pictures are JPEGs named .png). */
export type SniffedFormat = 'dicom' | 'bare-dicom' | 'png' | 'jpeg' | 'bmp' | 'tiff' | 'webp';

export type Sniffed = { kind: 'format'; format: SniffedFormat } | { kind: 'other'; name: string };

interface Signature {
  bytes: readonly number[];
  at?: number;
}

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

const pictures: readonly (Signature & { format: SniffedFormat })[] = [
  { format: 'png', bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { format: 'jpeg', bytes: [0xff, 0xd8, 0xff] },
  { format: 'tiff', bytes: [0x49, 0x49, 0x2a, 0x00] },
  { format: 'tiff', bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  // BigTIFF, whose offsets have 64 bits.
  { format: 'tiff', bytes: [0x49, 0x49, 0x2b, 0x00] },
  { format: 'tiff', bytes: [0x4d, 0x4d, 0x00, 0x2b] },
];

const others: readonly (Signature & { name: string })[] = [
  { name: 'a PDF document', bytes: ascii('%PDF') },
  { name: 'a ZIP archive', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'a gzip archive', bytes: [0x1f, 0x8b] },
  { name: 'a GIF animation', bytes: ascii('GIF8') },
  { name: 'a JPEG 2000 file outside DICOM', bytes: [0x00, 0x00, 0x00, 0x0c, 0x6a, 0x50, 0x20, 0x20] },
  { name: 'a HEIF picture', bytes: ascii('ftyp'), at: 4 },
  { name: 'an SQLite database', bytes: ascii('SQLite format 3') },
  { name: 'a Windows program', bytes: ascii('MZ') },
  { name: 'a Linux program', bytes: [0x7f, 0x45, 0x4c, 0x46] },
  { name: 'a NIfTI volume', bytes: ascii('n+1\0'), at: 344 },
  { name: 'a Finder settings file', bytes: [0x00, 0x00, 0x00, 0x01, 0x42, 0x75, 0x64, 0x31] },
];

/** `bytes` is the beginning of the file, 512 bytes at least where it has them; `total` its length. */
export function sniff(bytes: Uint8Array, total = bytes.length): Sniffed {
  // A DICOM preamble may hold anything, another format's header included: the prefix at 128 decides first (PS3.10, 7.1).
  if (matches(bytes, { bytes: ascii('DICM'), at: 128 })) return { kind: 'format', format: 'dicom' };
  for (const picture of pictures) if (matches(bytes, picture)) return { kind: 'format', format: picture.format };
  if (matches(bytes, { bytes: ascii('RIFF') }) && matches(bytes, { bytes: ascii('WEBP'), at: 8 })) {
    return { kind: 'format', format: 'webp' };
  }
  if (looksLikeBitmap(bytes)) return { kind: 'format', format: 'bmp' };
  for (const other of others) if (matches(bytes, other)) return { kind: 'other', name: other.name };
  if (dataSetStart(bytes, total) !== null) return { kind: 'format', format: 'bare-dicom' };
  return { kind: 'other', name: describeText(bytes) };
}

function matches(bytes: Uint8Array, { bytes: expected, at = 0 }: Signature): boolean {
  return bytes.length >= at + expected.length && expected.every((value, index) => bytes[at + index] === value);
}

/** 'BM', and a DIB header of a known size at 14. */
function looksLikeBitmap(bytes: Uint8Array): boolean {
  if (!matches(bytes, { bytes: ascii('BM') }) || bytes.length < 26) return false;
  return [12, 40, 52, 56, 64, 108, 124].includes(bytes[14]! | (bytes[15]! << 8));
}

/**
 * Where a DICOM data set without preamble begins, null when there is none. It begins with an element of group 0002 or 0008 (either
 * byte order) whose length, implicit or explicit, fits; one stray byte before it has been seen. Whether it truly is one, the
 * structural validation says.
 */
export function dataSetStart(bytes: Uint8Array, total = bytes.length): number | null {
  return [0, 1].find((start) => looksLikeDataSet(bytes.subarray(start), total - start)) ?? null;
}

function looksLikeDataSet(bytes: Uint8Array, total: number): boolean {
  if (bytes.length < 16) return false;
  const [a, b] = [bytes[0]!, bytes[1]!];
  const little = (a === 0x02 || a === 0x08) && b === 0;
  const big = a === 0 && (b === 0x02 || b === 0x08);
  if (!little && !big) return false;
  const explicit = isUpperCase(bytes[4]!) && isUpperCase(bytes[5]!);
  if (explicit) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return little && view.getUint16(2, true) <= 0x3000 && view.getUint32(4, true) <= total - 8;
}

function isUpperCase(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function describeText(bytes: Uint8Array): string {
  const head = bytes.subarray(0, 512);
  const text = new TextDecoder('latin1').decode(head).trimStart().toLowerCase();
  if (/^(<!doctype html|<html|<head|<body)/.test(text)) return 'an HTML page';
  if (/^(<\?xml|<svg)/.test(text)) return text.includes('<svg') ? 'an SVG drawing' : 'an XML file';
  const printable = head.every((code) => code >= 0x20 || code === 9 || code === 10 || code === 13);
  return printable ? 'a text file' : 'a file of an unknown kind';
}
