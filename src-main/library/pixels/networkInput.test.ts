import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DecodedFrame } from '../outcomes.ts';
import { rangeOf } from './pixelArray.ts';
import { resizeGray } from './resize.ts';
import { defaultWindow, grayBytes, modalityValues, windowToByte } from './window.ts';

/** Made by scripts/oracles/dicom_network_input.py with pydicom and torchvision. */
const fixture = join(import.meta.dirname, '../../../test/fixtures/network-input.json');
const { cases } = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        rows: z.int(),
        columns: z.int(),
        size: z.int(),
        slope: z.number(),
        intercept: z.number(),
        window: z.object({ level: z.number(), width: z.number() }),
        stored: z.array(z.int()),
        gray: z.array(z.int()),
        input: z.array(z.int()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(fixture, 'utf8')));

function frameOf(change: Partial<DecodedFrame>): DecodedFrame {
  const pixels = change.pixels ?? Int16Array.of(0);
  const slope = change.slope ?? 1;
  const intercept = change.intercept ?? 0;
  const ends = Object.values(rangeOf(pixels)).map((value) => value * slope + intercept);
  return {
    kind: 'frame',
    format: 'dicom',
    rows: 1,
    columns: pixels.length,
    pixels,
    rgb: null,
    slope,
    intercept,
    units: 'HU',
    windows: [],
    voiTable: null,
    inverted: false,
    photometric: 'MONOCHROME2',
    place: { position: null, orientation: null, spacing: null, sliceThickness: null },
    min: Math.min(...ends),
    max: Math.max(...ends),
    isHounsfield: true,
    ...change,
  };
}

const differences = (a: ArrayLike<number>, b: readonly number[]): number =>
  b.filter((value, index) => Math.abs(value - a[index]!) > 0).length;

describe('network input against pydicom and torchvision', () => {
  it.each(cases)('$name', ({ rows, columns, size, slope, intercept, window, stored, gray, input }) => {
    const frame = frameOf({ rows, columns, slope, intercept, pixels: Int16Array.from(stored) });
    const drawn = grayBytes(frame, window);
    expect(differences(drawn, gray)).toBe(0);
    const resized = resizeGray(drawn, rows, columns, size, size);
    // float32 there, float64 here: a value at a rounding edge may fall to either side.
    for (const [index, value] of input.entries()) expect(Math.abs(resized[index]! - value)).toBeLessThanOrEqual(1);
    expect(differences(resized, input)).toBeLessThanOrEqual(input.length / 100);
  });
});

describe('gray bytes', () => {
  it('turn MONOCHROME1 over', () => {
    const pixels = Int16Array.of(-1350, -600, 150);
    const window = { level: -600, width: 1500 };
    const upright = grayBytes(frameOf({ pixels }), window);
    expect([...grayBytes(frameOf({ pixels, inverted: true }), window)]).toEqual(
      [...upright].map((value) => 255 - value),
    );
  });

  it('of images without HU ignore the window asked for and take their own', () => {
    const frame = frameOf({ pixels: Int16Array.of(0, 100), isHounsfield: false, units: 'unit' });
    expect([...grayBytes(frame, { level: -600, width: 1500 })]).toEqual([0, 255]);
  });

  it('of plain pictures are their gray levels, 16 bits brought to 8', () => {
    expect([...grayBytes(frameOf({ format: 'png', pixels: Uint8Array.of(3, 200) }), null)]).toEqual([3, 200]);
    expect([...grayBytes(frameOf({ format: 'png', pixels: Uint16Array.of(257, 65535) }), null)]).toEqual([1, 255]);
  });

  it('take the VOI table where the file has no window', () => {
    const voiTable = { first: 10, bits: 8, data: Uint16Array.of(0, 50, 255), explanation: '' };
    const frame = frameOf({ pixels: Int16Array.of(-5, 10, 11, 12, 90), voiTable, isHounsfield: false });
    expect([...grayBytes(frame, null)]).toEqual([0, 0, 50, 255, 255]);
  });
});

describe('windows', () => {
  it('step where the width is 1', () => {
    expect([39, 39.5, 40].map((value) => windowToByte(value, { level: 40, width: 1 }))).toEqual([0, 0, 255]);
  });

  it('default to the file, then to the whole range', () => {
    expect(
      defaultWindow(frameOf({ windows: [{ level: 40, width: 400, explanation: '', function: 'LINEAR' }] })),
    ).toEqual({
      level: 40,
      width: 400,
      function: 'LINEAR',
    });
    const flat = defaultWindow(frameOf({ pixels: Int16Array.of(7, 7) }));
    expect(flat.width).toBeGreaterThan(0);
  });
});

describe('modality values for the viewer', () => {
  it('stay whole numbers where slope and intercept are, and floats where not', () => {
    expect(modalityValues(frameOf({ pixels: Uint16Array.of(0, 3000), intercept: -1024 }))).toEqual({
      values: Int16Array.of(-1024, 1976),
      type: 'int16',
    });
    expect(modalityValues(frameOf({ pixels: Int16Array.of(1), slope: 0.5 }))).toEqual({
      values: Float32Array.of(0.5),
      type: 'float32',
    });
    expect(modalityValues(frameOf({ pixels: Uint16Array.of(65535), intercept: 1 })).type).toBe('float32');
  });
});
