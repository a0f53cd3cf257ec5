/** PNG carries a CRC for each chunk and says where it ends (ISO 15948, 5.3): both are checked before the picture is decoded. */
import { crc32 } from 'node:zlib';
import { Refusal } from '../refusal.ts';

export function requireCompletePng(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 8;
  while (position + 12 <= bytes.length) {
    const length = view.getUint32(position);
    const end = position + 12 + length;
    if (end > bytes.length) throw damaged('it is cut off');
    if (crc32(bytes.subarray(position + 4, end - 4)) !== view.getUint32(end - 4))
      throw damaged('a checksum does not fit');
    if (view.getUint32(position + 4) === 0x4945_4e44) return;
    position = end;
  }
  throw damaged('it is cut off');
}

function damaged(what: string): Refusal {
  return new Refusal('PICTURE_DAMAGED', `The PNG picture is damaged: ${what}.`);
}
