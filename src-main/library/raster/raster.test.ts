import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { readBitmap } from './bitmap.ts';
import { orient } from './orientation.ts';
import { decodePicture, inspectPicture } from './picture.ts';

describe('EXIF orientation', () => {
  const stored = { rows: 2, columns: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  // What sharp's own orientation gives, for each value.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i is as sharp turns it', async (orientation) => {
    const raw = { width: 3, height: 2, channels: 1 as const };
    const tagged = await sharp(stored.data, { raw }).withMetadata({ orientation }).png().toBuffer();
    const { data, info } = await sharp(tagged)
      .rotate()
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const turned = orient(stored, orientation, 1);
    expect({ rows: turned.rows, columns: turned.columns, data: [...turned.data] }).toEqual({
      rows: info.height,
      columns: info.width,
      data: [...data],
    });
  });
});

describe('plain pictures', () => {
  it('keep 16 bits', async () => {
    const values = Uint16Array.of(0, 1000, 40000, 65535);
    const file = await sharp(values, { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const inspected = await inspectPicture(file, 'png', true);
    expect(inspected).toMatchObject({
      bitsStored: 16,
      samplesPerPixel: 1,
      summary: { min: 0, max: 65535 },
    });
    expect((await decodePicture(file, 'png', 0)).pixels).toEqual(values);
  });

  it('that are gray in three channels are gray, coloured ones keep their colour and BT.601 luminance', async () => {
    const make = (...rgb: number[]) =>
      sharp(Uint8Array.from(rgb), { raw: { width: 1, height: 1, channels: 3 } })
        .png()
        .toBuffer();
    expect(await decodePicture(await make(9, 9, 9), 'png', 0)).toMatchObject({ rgb: null, pixels: Uint8Array.of(9) });
    const coloured = await decodePicture(await make(200, 100, 50), 'png', 0);
    expect(coloured.rgb).toEqual(Uint8Array.of(200, 100, 50));
    expect(coloured.pixels).toEqual(Uint8Array.of(Math.round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)));
  });

  it('lay transparency on black', async () => {
    const file = await sharp(Uint8Array.of(200, 200, 200, 0), { raw: { width: 1, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect((await decodePicture(file, 'png', 0)).pixels).toEqual(Uint8Array.of(0));
  });

  it('are refused when their end is missing, PNG and JPEG alike', async () => {
    const noise = Uint8Array.from({ length: 3072 }, (_, index) => (index * 2654435761) >>> 24);
    const image = sharp(noise, { raw: { width: 32, height: 32, channels: 3 } });
    for (const format of ['png', 'jpeg'] as const) {
      const file = await image.clone().toFormat(format).toBuffer();
      for (const cut of [1, 2, 20, 200]) {
        await expect(inspectPicture(file.subarray(0, file.length - cut), format, false)).rejects.toMatchObject({
          code: 'PICTURE_DAMAGED',
        });
      }
    }
  });
});

describe('bitmaps', () => {
  /** 3×2, 24 bits, rows from the bottom, padded to 12 bytes. */
  function bitmap(): Uint8Array {
    const file = new Uint8Array(54 + 24);
    const view = new DataView(file.buffer);
    file.set([0x42, 0x4d]);
    view.setUint32(10, 54, true);
    view.setUint32(14, 40, true);
    view.setInt32(18, 3, true);
    view.setInt32(22, 2, true);
    view.setUint16(28, 24, true);
    file.set([1, 2, 3, 4, 5, 6, 7, 8, 9], 54);
    file.set([11, 12, 13, 14, 15, 16, 17, 18, 19], 66);
    return file;
  }

  it('are read from the bottom row, blue first', () => {
    expect([...readBitmap(bitmap()).rgb.subarray(0, 6)]).toEqual([13, 12, 11, 16, 15, 14]);
  });

  it('are refused when cut off or larger than they may be', () => {
    expect(() => readBitmap(bitmap().subarray(0, 70))).toThrow('cut off');
    const early = bitmap();
    new DataView(early.buffer).setUint32(10, 2, true);
    expect(() => readBitmap(early)).toThrow('in its header');
    const huge = bitmap();
    new DataView(huge.buffer).setInt32(18, 2_000_000_000, true);
    expect(() => readBitmap(huge)).toThrow('2000000000');
  });
});
