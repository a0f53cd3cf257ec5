/** Windows bitmaps, uncompressed, 1, 4, 8, 24 or 32 bits a pixel: sharp's libvips has no reader for them. */
import { limits } from '../limits.ts';
import { Refusal } from '../refusal.ts';

export interface Bitmap {
  rows: number;
  columns: number;
  /** Interleaved RGB, top row first. */
  rgb: Uint8Array;
}

export function readBitmap(bytes: Uint8Array): Bitmap {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 54 || view.getUint32(14, true) < 40) throw unsupported('an OS/2 bitmap');
  const columns = view.getInt32(18, true);
  const height = view.getInt32(22, true);
  const rows = Math.abs(height);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (columns <= 0 || rows === 0 || columns * rows > limits.rasterPixels) {
    throw new Refusal('TOO_LARGE', `The bitmap says it is ${columns} × ${rows} pixels.`);
  }
  if (![1, 4, 8, 24, 32].includes(bits) || (compression !== 0 && !(compression === 3 && bits === 32))) {
    throw unsupported(`a bitmap of ${bits} bits, compression ${compression}`);
  }
  const stride = Math.ceil((columns * bits) / 32) * 4;
  const start = view.getUint32(10, true);
  if (start < 14 + view.getUint32(14, true))
    throw new Refusal('PICTURE_DAMAGED', 'The pixels of the bitmap lie in its header.');
  if (start + stride * rows > bytes.length) throw new Refusal('PICTURE_DAMAGED', 'The bitmap is cut off.');
  const palette =
    bits <= 8 ? readPalette(bytes, 14 + view.getUint32(14, true), view.getUint32(46, true) || 2 ** bits) : null;
  const rgb = new Uint8Array(columns * rows * 3);
  for (let row = 0; row < rows; row++) {
    const from = start + stride * (height > 0 ? rows - 1 - row : row);
    readRow(
      bytes.subarray(from, from + stride),
      bits,
      palette,
      rgb.subarray(row * columns * 3, (row + 1) * columns * 3),
    );
  }
  return { rows, columns, rgb };
}

/** Entries of blue, green, red, reserved. */
function readPalette(bytes: Uint8Array, at: number, entries: number): Uint8Array {
  if (entries > 256 || at + 4 * entries > bytes.length)
    throw new Refusal('PICTURE_DAMAGED', 'The palette of the bitmap is cut off.');
  return bytes.subarray(at, at + 4 * entries);
}

function readRow(row: Uint8Array, bits: number, palette: Uint8Array | null, rgb: Uint8Array): void {
  const width = bits / 8;
  for (let column = 0; column * 3 < rgb.length; column++) {
    const source = palette ?? row;
    const at = palette === null ? column * width : 4 * paletteIndex(row, bits, column);
    if (at + 2 >= source.length)
      throw new Refusal('PICTURE_DAMAGED', 'The bitmap uses a colour that its palette does not have.');
    rgb[3 * column] = source[at + 2]!;
    rgb[3 * column + 1] = source[at + 1]!;
    rgb[3 * column + 2] = source[at]!;
  }
}

function paletteIndex(row: Uint8Array, bits: number, column: number): number {
  const perByte = 8 / bits;
  const shift = 8 - bits * (1 + (column % perByte));
  return (row[Math.floor(column / perByte)]! >> shift) & (2 ** bits - 1);
}

function unsupported(what: string): Refusal {
  return new Refusal('FORMAT_UNSUPPORTED', `The file is ${what}, which is not supported.`);
}
