import { describe, expect, it } from 'vitest';
import type { FrameFacts } from '../../../src-shared/contract/library.ts';
import { windowedByte, windowedPixels } from './canvasPainter.ts';

const facts: FrameFacts = {
  rows: 1,
  columns: 3,
  type: 'int16',
  samples: 1,
  inverted: false,
  units: 'HU',
  windows: [],
  spacing: null,
  place: { position: null, orientation: null, sliceThickness: null },
  minimum: -1000,
  maximum: 1000,
};

describe("the processor's painter", () => {
  it('draws DICOM’s linear function: PS3.3 C.11.2.1.2.1, the example of 12 bits', () => {
    // c = 2048, w = 4096: x ≤ 0 is black, x > 4095 is white, between them (x − 2047.5) / 4095 + 0.5.
    expect([0, 2048, 4095, 5000].map((value) => windowedByte(value, { level: 2048, width: 4096 }))).toEqual([
      0, 128, 255, 255,
    ]);
    // c = 0, w = 1: a step at −0.5.
    expect([-1, 0].map((value) => windowedByte(value, { level: 0, width: 1 }))).toEqual([0, 255]);
  });

  it('draws signed, unsigned and fractional values alike, opaque', () => {
    const window = { level: 0, width: 200 };
    const expected = [-100, 0, 50].flatMap((value) => {
      const gray = windowedByte(value, window);
      return [gray, gray, gray, 255];
    });
    for (const pixels of [Int16Array.of(-100, 0, 50), Float32Array.of(-100, 0, 50)]) {
      expect([...windowedPixels({ facts, pixels }, window, false)]).toEqual(expected);
    }
    expect(
      [...windowedPixels({ facts, pixels: Uint16Array.of(0, 50, 65535) }, window, false)].filter(
        (_, at) => at % 4 === 0,
      ),
    ).toEqual([128, 192, 255]);
  });

  it('draws the exact linear and the sigmoid function of PS3.3 C.11.2.1.3', () => {
    const window = { level: 50, width: 100 };
    expect([-1, 0, 25, 50, 100, 101].map((value) => windowedByte(value, window, 'LINEAR_EXACT'))).toEqual([
      0, 0, 64, 128, 255, 255,
    ]);
    // 255 / (1 + e²) and 255 / (1 + e⁻²) a half width beside the level.
    expect([-1000, 0, 50, 100, 1000].map((value) => windowedByte(value, window, 'SIGMOID'))).toEqual([
      0, 30, 128, 225, 255,
    ]);
    const drawn = windowedPixels({ facts, pixels: Int16Array.of(0, 50, 100) }, window, false, 'SIGMOID');
    expect([...drawn].filter((_, at) => at % 4 === 0)).toEqual([30, 128, 225]);
  });

  it('inverts gray and colour', () => {
    expect(windowedPixels({ facts, pixels: Int16Array.of(-500, 0, 500) }, { level: 0, width: 200 }, true)[0]).toBe(255);
    const colour = { facts: { ...facts, samples: 3 as const, columns: 1 }, pixels: Uint8Array.of(1, 2, 3) };
    expect([...windowedPixels(colour, { level: 128, width: 256 }, false)]).toEqual([1, 2, 3, 255]);
    expect([...windowedPixels(colour, { level: 128, width: 256 }, true)]).toEqual([254, 253, 252, 255]);
  });
});
