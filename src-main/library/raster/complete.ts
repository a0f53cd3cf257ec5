/** Whether a picture is all there, checked before it is decoded: decoders fill in what is missing with gray, some without a word. */
import { crc32 } from 'node:zlib';
import { Refusal } from '../refusal.ts';

/** PNG carries a CRC for each chunk and says where it ends (ISO 15948, 5.3). */
export function requireCompletePng(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 8;
  while (position + 12 <= bytes.length) {
    const length = view.getUint32(position);
    const end = position + 12 + length;
    if (end > bytes.length) throw damaged('PNG', 'it is cut off');
    if (crc32(bytes.subarray(position + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw damaged('PNG', 'a checksum does not fit');
    }
    if (view.getUint32(position + 4) === 0x4945_4e44) return;
    position = end;
  }
  throw damaged('PNG', 'it is cut off');
}

/** JPEG ends with EOI (T.81 B.1.1.3); marker segments before the first scan, thumbnails in them included, are passed over by length. */
export function requireCompleteJpeg(bytes: Uint8Array): void {
  let position = 2;
  while (position + 4 <= bytes.length && bytes[position] === 0xff) {
    const marker = bytes[position + 1]!;
    if (marker === 0xff) {
      position++;
      continue;
    }
    position += 2 + ((bytes[position + 2]! << 8) | bytes[position + 3]!);
    if (marker === 0xda) break;
  }
  const scan = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(position);
  if (!scan.includes(Buffer.from([0xff, 0xd9]))) throw damaged('JPEG', 'it is cut off');
}

function damaged(format: string, what: string): Refusal {
  return new Refusal('PICTURE_DAMAGED', `The ${format} picture is damaged: ${what}.`);
}
