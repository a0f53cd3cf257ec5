/** From fragments to frames (PS3.5 A.4): by the basic offset table, one fragment a frame, or by where codestreams begin. */
import type { ByteSource } from '../byteSource.ts';
import { Refusal } from '../refusal.ts';
import type { Fragment, PixelDataPlace } from './structure.ts';
import type { PixelCoding } from './transferSyntax.ts';

type Encapsulated = Extract<PixelDataPlace, { kind: 'encapsulated' }>;

/** Fragments of each frame, without reading what is in them, and the bytes of one frame. */
export interface CodedFrames {
  read(frame: number): Uint8Array;
}

export function codedFrames(
  source: ByteSource,
  place: Encapsulated,
  frames: number,
  coding: PixelCoding,
  warnings: string[],
): CodedFrames {
  const table = basicTable(source, place, frames);
  const fromTable = startsFromTable(table, place.fragments);
  if (place.offsetTable.length > 0 && fromTable === null) {
    warnings.push('The offset table of the pixel data does not fit its fragments; the frames were found without it.');
  }
  const groups = groupFragments(source, place.fragments, fromTable, frames, coding);
  if (groups.some((group) => group.reduce((sum, { length }) => sum + length, 0) === 0)) {
    throw new Refusal('PIXEL_DATA_SHORT', 'A frame of the pixel data is empty.');
  }
  return {
    read(frame) {
      const parts = groups[frame]!.map(({ offset, length }) => source.read(offset, length));
      // One fragment is not copied, several are joined.
      return parts.length === 1 ? parts[0]! : join(parts);
    },
  };
}

function groupFragments(
  source: ByteSource,
  all: readonly Fragment[],
  fromTable: readonly number[] | null,
  frames: number,
  coding: PixelCoding,
): Fragment[][] {
  // An empty fragment at the end is padding that some writers leave.
  const fragments = all.filter((one, index) => one.length > 0 || index < frames);
  if (fragments.length < frames) {
    throw new Refusal(
      'PIXEL_DATA_SHORT',
      `The file says it has ${frames} frames, the pixel data holds ${fragments.length}.`,
    );
  }
  if (frames === 1) return [fragments];
  if (fragments.length === frames) return fragments.map((one) => [one]);
  const starts = fromTable ?? startsFromCodestreams(source, fragments, coding);
  if (starts.length !== frames || starts[0] !== 0) {
    throw new Refusal(
      'PIXEL_DATA_DAMAGED',
      `The ${fragments.length} fragments of the pixel data cannot be assigned to ${frames} frames.`,
    );
  }
  return starts.map((start, index) => fragments.slice(start, starts[index + 1] ?? fragments.length));
}

/** Offsets of the basic offset table; null when it is empty or not one for each frame. */
function basicTable(source: ByteSource, { offsetTable }: Encapsulated, frames: number): number[] | null {
  if (offsetTable.length !== 4 * frames) return null;
  const bytes = source.read(offsetTable.offset, offsetTable.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: frames }, (_, frame) => view.getUint32(4 * frame, true));
}

/** Index of each frame's first fragment; null when the offsets do not fit the fragments. */
function startsFromTable(offsets: readonly number[] | null, fragments: readonly Fragment[]): number[] | null {
  if (offsets === null) return null;
  const indices = new Map(fragments.map((one, index) => [one.tableOffset, index]));
  const starts: number[] = [];
  for (const offset of offsets) {
    const index = indices.get(offset);
    if (index === undefined || index <= (starts.at(-1) ?? -1)) return null;
    starts.push(index);
  }
  return starts;
}

function startsFromCodestreams(source: ByteSource, fragments: readonly Fragment[], coding: PixelCoding): number[] {
  // SOC of JPEG 2000 is FF4F FF51; SOI of JPEG and JPEG-LS is FFD8 FF.
  const start = coding === 'jpeg-2000' || coding === 'htj2k' ? [0xff, 0x4f, 0xff, 0x51] : [0xff, 0xd8, 0xff];
  return fragments.flatMap(({ offset, length }, index) => {
    if (length < start.length) return [];
    const bytes = source.read(offset, start.length);
    return start.every((value, at) => bytes[at] === value) ? [index] : [];
  });
}

/** Whether a value with a length is made of fragments from its first byte to its last: some writers give encapsulated pixel data a length. */
export function holdsFragments(source: ByteSource, { offset, length }: { offset: number; length: number }): boolean {
  const end = offset + length;
  let position = offset;
  while (position + 8 <= end) {
    const bytes = source.read(position, 8);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const tag = view.getUint16(0, true) * 0x1_0000 + view.getUint16(2, true);
    position += 8 + view.getUint32(4, true);
    if (tag === 0xfffe_e0dd) break;
    if (tag !== 0xfffe_e000) return false;
  }
  return position >= end && position <= end + 1;
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
