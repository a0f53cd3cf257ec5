/** RLE of PS3.5 annex G: a 64-byte header with up to 15 segment offsets, each segment one byte plane in PackBits. */
import { Refusal } from '../refusal.ts';

/** Byte planes, most significant byte of the first sample first, each of `pixels` bytes. */
export function decodeRle(
  coded: Uint8Array,
  segments: number,
  pixels: number,
  warn: (text: string) => void = () => {},
): Uint8Array[] {
  if (coded.length < 64) throw damaged('its header is cut off');
  const view = new DataView(coded.buffer, coded.byteOffset, coded.byteLength);
  if (view.getUint32(0, true) !== segments)
    throw damaged(`it has ${view.getUint32(0, true)} segments, ${segments} are needed`);
  const offsets = Array.from({ length: segments }, (_, index) => view.getUint32(4 + 4 * index, true));
  return offsets.map((offset, index) => {
    const end = offsets[index + 1] ?? coded.length;
    if (offset < 64 || offset >= end || end > coded.length) throw damaged('a segment lies outside of it');
    return unpack(coded.subarray(offset, end), pixels, warn);
  });
}

function unpack(segment: Uint8Array, pixels: number, warn: (text: string) => void): Uint8Array {
  const plane = new Uint8Array(pixels);
  let from = 0;
  let to = 0;
  let written = 0;
  while (to < pixels) {
    if (from + 1 >= segment.length) throw damaged('a segment ends too early');
    const control = segment[from++]!;
    if (control === 128) continue;
    // A last run may reach past the plane when the encoder padded rows.
    if (control < 128) {
      const count = Math.min(control + 1, pixels - to);
      if (from + count > segment.length) throw damaged('a segment ends too early');
      plane.set(segment.subarray(from, from + count), to);
      from += control + 1;
      to += count;
      written += control + 1;
    } else {
      const count = Math.min(257 - control, pixels - to);
      plane.fill(segment[from++]!, to, to + count);
      to += count;
      written += 257 - control;
    }
  }
  // One zero byte makes the length even (PS3.5 G.3.1); more, or a run past the end, is how damage to a run shows.
  if (written > pixels || segment.subarray(from).some((value) => value !== 0)) {
    warn('The RLE pixel data holds more than the image; it may be damaged.');
  }
  return plane;
}

/** Byte planes → raw samples, interleaved by pixel. `width` is bytes per sample. */
export function joinPlanes(
  planes: readonly Uint8Array[],
  width: number,
  samples: number,
  pixels: number,
): Uint8Array | Uint16Array | Uint32Array {
  const raw =
    width === 1
      ? new Uint8Array(pixels * samples)
      : width === 2
        ? new Uint16Array(pixels * samples)
        : new Uint32Array(pixels * samples);
  for (let sample = 0; sample < samples; sample++) {
    for (let byte = 0; byte < width; byte++) {
      const plane = planes[sample * width + byte]!;
      const factor = 256 ** (width - 1 - byte);
      for (let index = 0; index < pixels; index++) raw[index * samples + sample]! += plane[index]! * factor;
    }
  }
  return raw;
}

function damaged(what: string): Refusal {
  return new Refusal('PIXEL_DATA_DAMAGED', `The RLE pixel data is damaged: ${what}.`);
}
