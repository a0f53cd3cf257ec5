import { describe, expect, it } from 'vitest';
import expected from '../../../test/fixtures/viewer-measurements.json' with { type: 'json' };
import type { FrameFacts } from '../../../src-shared/contract/library.ts';
import type { Point } from '../affine.ts';
import { measure, probe, valueLines, type Picture } from './values.ts';

const facts: FrameFacts = {
  rows: 44,
  columns: 60,
  type: 'int16',
  samples: 1,
  inverted: false,
  units: 'HU',
  windows: [],
  spacing: [0.8, 0.5],
  place: { position: null, orientation: null, sliceThickness: null },
  minimum: -1000,
  maximum: 998,
};
/** The image of scripts/oracles/viewer_measurements.py, which worked out the expected values. */
const picture: Picture = {
  facts,
  pixels: Int16Array.from({ length: 60 * 44 }, (_, at) => (((at % 60) * 37 + Math.floor(at / 60) * 101) % 1999) - 1000),
};
const points = (list: number[][]): Point[] => list.map(([x, y]) => [x!, y!]);

describe('regions, against numpy', () => {
  it.each(expected.regions)('$kind $points', (region) => {
    const value = measure({ kind: region.kind as 'ellipse' | 'rectangle', points: points(region.points) }, picture);
    if (value.kind !== 'ellipse' && value.kind !== 'rectangle') throw new Error('Not a region.');
    expect(value.area).toBeCloseTo(region.area, 9);
    if (region.statistics === null) expect(value.statistics).toBeNull();
    else {
      expect(value.statistics).toMatchObject({
        pixels: region.statistics.pixels,
        minimum: region.statistics.minimum,
        maximum: region.statistics.maximum,
      });
      expect(value.statistics?.mean).toBeCloseTo(region.statistics.mean, 9);
      expect(value.statistics?.deviation).toBeCloseTo(region.statistics.deviation, 9);
    }
  });

  it('say that they lie partly outside, and have the values of what lies inside', () => {
    const value = measure(
      {
        kind: 'ellipse',
        points: [
          [-20, -9],
          [22, 17],
        ],
      },
      picture,
    );
    expect(value).toMatchObject({ statistics: { partlyOutside: true } });
    expect(valueLines(value, facts).join(' ')).toContain('partly outside');
  });

  it('have no values in colour', () => {
    const colour: Picture = { facts: { ...facts, samples: 3, units: 'gray' }, pixels: new Uint8Array(60 * 44 * 3) };
    const value = measure(
      {
        kind: 'rectangle',
        points: [
          [1, 1],
          [9, 9],
        ],
      },
      colour,
    );
    expect(value).toMatchObject({ statistics: null });
    expect(valueLines(value, colour.facts)).toContain('colour: no values');
  });
});

describe('lengths and angles, against numpy', () => {
  it.each(expected.lengths)('$points', ({ points: ends, length }) => {
    expect(measure({ kind: 'length', points: points(ends) }, picture)).toEqual({
      kind: 'length',
      length: expect.closeTo(length, 9),
    });
  });
  it.each(expected.angles)('$points', ({ points: corners, degrees }) => {
    expect(measure({ kind: 'angle', points: points(corners) }, picture)).toEqual({
      kind: 'angle',
      degrees: expect.closeTo(degrees, 9),
    });
  });
});

describe('units', () => {
  it('are pixels and gray levels where the image has no calibration', () => {
    const gray: Picture = { facts: { ...facts, spacing: null, units: 'gray' }, pixels: picture.pixels };
    expect(
      valueLines(
        measure(
          {
            kind: 'length',
            points: [
              [0, 0],
              [3, 4],
            ],
          },
          gray,
        ),
        gray.facts,
      ),
    ).toEqual(['5.0 px']);
    expect(
      valueLines(
        measure(
          {
            kind: 'rectangle',
            points: [
              [0, 0],
              [10, 10],
            ],
          },
          gray,
        ),
        gray.facts,
      ).join(' '),
    ).toMatch(/gray levels.* 100\.0 px²/);
  });

  it('name the larger of two diameters first', () => {
    const value = measure(
      {
        kind: 'bidirectional',
        points: [
          [10, 0],
          [12, 0],
          [11, -5],
          [11, 5],
        ],
      },
      picture,
    );
    expect(valueLines(value, facts)).toEqual(['8.0 × 1.0 mm']);
  });
});

describe('the probe', () => {
  it('reads the pixel on which it stands', () => {
    expect(probe([2.4, 3.4], picture)).toEqual({ column: 2, row: 3, value: ((2 * 37 + 3 * 101) % 1999) - 1000 });
  });
  it('has no value outside', () => {
    expect(probe([-0.6, 3], picture).value).toBeNull();
    expect(probe([60, 3], picture).value).toBeNull();
  });
});
