/**
 * Headers of JPEG, JPEG-LS and JPEG 2000 codestreams, read before a decoder sees them: what they claim must be what the DICOM
 * header says, so that no decoder allocates for a claim of its own, and a codestream that was cut off is known by its end.
 */
import { Refusal } from '../refusal.ts';

export interface Codestream {
  width: number;
  height: number;
  components: number;
  precision: number;
  /** SOF marker for JPEG and JPEG-LS (0xc0 baseline, 0xc3 lossless, 0xf7 JPEG-LS); 0xff51 for JPEG 2000. */
  kind: number;
  /** JPEG component identifiers, and the colour transform that an Adobe marker names, null without one. */
  componentIds: readonly number[];
  adobeTransform: number | null;
  /** JPEG: whether it is marked as JFIF. */
  jfif: boolean;
  /** JPEG 2000: whether values are signed. */
  signed: boolean;
  /** JPEG 2000: whether the components of a pixel were transformed together (SGcod of COD, T.800 A.6.1). */
  colourTransform: boolean;
}

/** JPEG (T.81 annex B) and JPEG-LS (T.87 annex C) share the marker layout. */
export function readJpegHeader(coded: Uint8Array): Codestream {
  if (coded[0] !== 0xff || coded[1] !== 0xd8) throw damaged('it does not begin with a JPEG header');
  let adobeTransform: number | null = null;
  let jfif = false;
  let position = 2;
  while (position + 4 <= coded.length) {
    if (coded[position] !== 0xff) throw damaged('its header is no sequence of markers');
    const marker = coded[position + 1]!;
    if (marker === 0xff) {
      position++;
      continue;
    }
    const length = (coded[position + 2]! << 8) | coded[position + 3]!;
    const end = position + 2 + length;
    if (length < 2 || end > coded.length) throw damaged('its header is cut off');
    const segment = coded.subarray(position + 4, end);
    if (marker === 0xee && segment.length >= 12 && String.fromCharCode(...segment.subarray(0, 5)) === 'Adobe')
      adobeTransform = segment[11]!;
    if (marker === 0xe0 && String.fromCharCode(...segment.subarray(0, 5)) === 'JFIF\0') jfif = true;
    if (isStartOfFrame(marker)) {
      requireEnd(coded);
      return { ...frameHeader(segment, marker), adobeTransform, jfif, signed: false, colourTransform: false };
    }
    if (marker === 0xda || marker === 0xd9) break;
    position = end;
  }
  throw damaged('it has no frame header');
}

function isStartOfFrame(marker: number): boolean {
  return marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc);
}

function frameHeader(
  segment: Uint8Array,
  kind: number,
): Omit<Codestream, 'adobeTransform' | 'jfif' | 'signed' | 'colourTransform'> {
  const components = segment[5] ?? 0;
  if (segment.length < 6 + 3 * components) throw damaged('its frame header is cut off');
  return {
    kind,
    precision: segment[0]!,
    height: (segment[1]! << 8) | segment[2]!,
    width: (segment[3]! << 8) | segment[4]!,
    components,
    componentIds: Array.from({ length: components }, (_, index) => segment[6 + 3 * index]!),
  };
}

/** EOI, after which only a padding byte or zeros may stand. */
function requireEnd(coded: Uint8Array): void {
  let end = coded.length;
  while (end > 0 && coded[end - 1] === 0) end--;
  if (coded[end - 2] === 0xff && coded[end - 1] === 0xd9) return;
  if (coded[end - 3] === 0xff && coded[end - 2] === 0xd9) return;
  throw damaged('its end is missing');
}

/** JPEG 2000 and HTJ2K (T.800 annex A): SIZ, then tile-parts whose lengths must reach the end of the codestream. */
export function readJpeg2000Header(coded: Uint8Array): Codestream {
  const view = new DataView(coded.buffer, coded.byteOffset, coded.byteLength);
  if (coded.length < 45 || view.getUint32(0) !== 0xff4f_ff51)
    throw damaged('it does not begin with a JPEG 2000 header');
  const width = view.getUint32(8) - view.getUint32(16);
  const height = view.getUint32(12) - view.getUint32(20);
  const components = view.getUint16(40);
  const depth = view.getUint8(42);
  const colourTransform = walkTileParts(coded, view);
  return {
    kind: 0xff51,
    width,
    height,
    components,
    precision: (depth & 0x7f) + 1,
    componentIds: [],
    adobeTransform: null,
    jfif: false,
    signed: (depth & 0x80) !== 0,
    colourTransform,
  };
}

/** The codestream with its components declared unsigned (Ssiz, T.800 A.5.1): their values come out higher by half their range. */
export function asUnsigned(coded: Uint8Array, components: number): Uint8Array {
  const changed = coded.slice();
  for (let component = 0; component < components; component++) changed[42 + 3 * component]! &= 0x7f;
  return changed;
}

/** Returns whether the main header asks for a transform of the components. */
function walkTileParts(coded: Uint8Array, view: DataView): boolean {
  const tiles = new Set<number>();
  let position = 2;
  let colourTransform = false;
  while (position + 2 <= coded.length) {
    const marker = view.getUint16(position);
    if (marker === 0xffd9) {
      requireTiles(view, tiles);
      return colourTransform;
    }
    if (marker === 0xff52 && position + 9 <= coded.length) colourTransform = view.getUint8(position + 8) !== 0;
    if (marker < 0xff00 || position + 4 > coded.length) break;
    if (marker !== 0xff90) {
      position += 2 + view.getUint16(position + 2);
      continue;
    }
    if (position + 12 > coded.length) break;
    tiles.add(view.getUint16(position + 4));
    const length = view.getUint32(position + 6);
    // Length 0: the tile-part reaches to the end of the codestream.
    if (length === 0) {
      requireEnd(coded);
      requireTiles(view, tiles);
      return colourTransform;
    }
    if (length < 14) break;
    position += length;
  }
  throw damaged('its tile-parts do not add up to its end');
}

/** A decoder leaves tiles that are missing black. Their number follows from the sizes in SIZ (T.800 B.3). */
function requireTiles(view: DataView, found: ReadonlySet<number>): void {
  const [across, down] = [0, 4].map((axis) => {
    const [end, size, start] = [8, 24, 32].map((at) => view.getUint32(at + axis)) as [number, number, number];
    return Math.ceil((end - start) / size);
  }) as [number, number];
  if (found.size !== across * down) throw damaged('tiles of it are missing');
}

export function requireMatch(
  found: Codestream,
  image: { rows: number; columns: number; samples: number; bitsAllocated: number },
): void {
  const dimensions = found.width === image.columns && found.height === image.rows && found.components === image.samples;
  if (!dimensions || found.precision < 1 || found.precision > Math.max(8, image.bitsAllocated)) {
    throw new Refusal(
      'PIXEL_DATA_DAMAGED',
      `The compressed pixel data is ${found.width} × ${found.height} with ${found.components} samples of ${found.precision} bits; the file says ${image.columns} × ${image.rows} with ${image.samples} of ${image.bitsAllocated}.`,
    );
  }
}

function damaged(what: string): Refusal {
  return new Refusal('PIXEL_DATA_DAMAGED', `The compressed pixel data is damaged: ${what}.`);
}
