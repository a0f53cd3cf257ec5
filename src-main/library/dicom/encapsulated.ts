/** From fragments to frames (PS3.5 A.4): by the basic offset table, one fragment a frame, or by where codestreams begin. */
import { Refusal } from '../refusal.ts';
import type { Fragment, PixelDataPlace } from './structure.ts';
import type { PixelCoding } from './transferSyntax.ts';

type Encapsulated = Extract<PixelDataPlace, { kind: 'encapsulated' }>;

/** The coded bytes of each frame; one fragment is not copied, several are joined. */
export function codedFrames(bytes: Uint8Array, place: Encapsulated, frames: number, coding: PixelCoding): Uint8Array[] {
  const groups = groupFragments(bytes, place, frames, coding);
  return groups.map((group) => {
    const parts = group.map(({ offset, length }) => bytes.subarray(offset, offset + length));
    const frame = parts.length === 1 ? parts[0]! : join(parts);
    if (frame.length === 0) throw new Refusal('PIXEL_DATA_SHORT', 'A frame of the pixel data is empty.');
    return frame;
  });
}

function groupFragments(bytes: Uint8Array, place: Encapsulated, frames: number, coding: PixelCoding): Fragment[][] {
  // An empty fragment at the end is padding that some writers leave.
  const fragments = place.fragments.filter((one, index) => one.length > 0 || index < frames);
  if (fragments.length < frames) {
    throw new Refusal(
      'PIXEL_DATA_SHORT',
      `The file says it has ${frames} frames, the pixel data holds ${fragments.length}.`,
    );
  }
  if (frames === 1) return [fragments];
  if (fragments.length === frames) return fragments.map((one) => [one]);
  const starts = startsFromTable(bytes, place, frames) ?? startsFromCodestreams(bytes, fragments, coding);
  if (starts.length !== frames || starts[0] !== 0) {
    throw new Refusal(
      'PIXEL_DATA_DAMAGED',
      `The ${fragments.length} fragments of the pixel data cannot be assigned to ${frames} frames.`,
    );
  }
  return starts.map((start, index) => fragments.slice(start, starts[index + 1] ?? fragments.length));
}

/** Index of each frame's first fragment; null when the table is empty or does not fit the fragments. */
function startsFromTable(bytes: Uint8Array, { offsetTable, fragments }: Encapsulated, frames: number): number[] | null {
  if (offsetTable.length !== 4 * frames) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offsetTable.offset, offsetTable.length);
  const indices = new Map(fragments.map((one, index) => [one.tableOffset, index]));
  const starts: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const index = indices.get(view.getUint32(4 * frame, true));
    if (index === undefined || index <= (starts.at(-1) ?? -1)) return null;
    starts.push(index);
  }
  return starts;
}

function startsFromCodestreams(bytes: Uint8Array, fragments: readonly Fragment[], coding: PixelCoding): number[] {
  // SOC of JPEG 2000 is FF4F FF51; SOI of JPEG and JPEG-LS is FFD8 FF.
  const start = coding === 'jpeg-2000' || coding === 'htj2k' ? [0xff, 0x4f, 0xff, 0x51] : [0xff, 0xd8, 0xff];
  return fragments.flatMap(({ offset }, index) =>
    start.every((value, at) => bytes[offset + at] === value) ? [index] : [],
  );
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}
