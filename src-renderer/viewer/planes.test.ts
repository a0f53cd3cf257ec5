import { describe, expect, it } from 'vitest';
import type { StackImage } from '../../src-shared/contract/viewer.ts';
import type { Frame } from '../api/images.ts';
import { openVolume, planeFrame, planePicture, planePoint, regularity, volumeOf, volumePoint } from './planes.ts';

const columns = 4;
const rows = 3;
const axial = [1, 0, 0, 0, 1, 0];

function slice(index: number, change: Partial<StackImage> = {}): StackImage {
  return {
    id: index + 1,
    rows,
    columns,
    spacing: [0.8, 0.5],
    position: [-10, -20, 100 + index * 2],
    orientation: axial,
    ...change,
  };
}
const stack = [0, 1, 2, 3, 4].map((index) => slice(index));

/** Value: slice, row and column as decimal digits. */
const frames: Frame[] = stack.map((_, index) => ({
  pixels: Int16Array.from(
    { length: rows * columns },
    (_value, at) => index * 100 + Math.floor(at / columns) * 10 + (at % columns),
  ),
  facts: {
    rows,
    columns,
    type: 'int16',
    samples: 1,
    inverted: false,
    units: 'HU',
    windows: [],
    spacing: [0.8, 0.5],
    place: { position: stack[index]!.position, orientation: axial, sliceThickness: 2 },
    minimum: 0,
    maximum: 423,
  },
}));

describe('a series makes a volume', () => {
  it('when its slices are equal, parallel and equally far apart', () => {
    expect(regularity(stack)).toEqual({ regular: true, gap: 2 });
    expect(regularity([...stack].reverse())).toEqual({ regular: true, gap: -2 });
  });
  it.each([
    ['fewer than 3', stack.slice(0, 2)],
    ['where their slices lie', [...stack, slice(5, { position: null })]],
    ['how large a pixel', [...stack, slice(5, { spacing: null })]],
    ['differ in size', [...stack, slice(5, { rows: 9 })]],
    ['not parallel', [...stack, slice(5, { orientation: [1, 0, 0, 0, 0.98, 0.2] })]],
    ['one may be missing', [...stack, slice(6)]],
    ['at the same place', [slice(0), slice(0), slice(0)]],
    [
      'tilted gantry',
      stack.map((one, at) => ({ ...one, position: [-10, -20 + at, 100 + at * 2] as [number, number, number] })),
    ],
  ])('and else the reason is told: %s', (reason, images) => {
    expect(regularity(images)).toMatchObject({ regular: false, reason: expect.stringContaining(reason) });
  });
});

describe('planes', () => {
  const volume = volumeOf(frames, stack, 2);
  const open = openVolume(volume);
  const [acquired, coronal, sagittal] = open.planes;

  it('are named and lie as one is used to see them: head up, anterior at the left of the sagittal one', () => {
    expect(open.planes.map((plane) => plane.words)).toEqual(['Axial', 'Coronal', 'Sagittal']);
    expect(planeFrame(volume, coronal!, 1).facts.place.orientation).toEqual([1, 0, 0, 0, 0, -1]);
    expect(planeFrame(volume, sagittal!, 1).facts.place.orientation).toEqual([0, 1, 0, 0, 0, -1]);
  });

  it('hold exactly the values of the volume, with its millimetres', () => {
    expect([...planeFrame(volume, acquired!, 3).pixels]).toEqual([...frames[3]!.pixels]);
    const { facts, pixels } = planeFrame(volume, coronal!, 2);
    expect([facts.rows, facts.columns, facts.spacing]).toEqual([5, 4, [2, 0.5]]);
    // Topmost is the slice nearest to the head, number 4; row 2 of each slice.
    expect([...pixels.subarray(0, 4)]).toEqual([420, 421, 422, 423]);
    expect([...pixels.subarray(16)]).toEqual([20, 21, 22, 23]);
    const side = planeFrame(volume, sagittal!, 1);
    expect([side.facts.rows, side.facts.columns, side.facts.spacing]).toEqual([5, 3, [2, 0.8]]);
    expect([...side.pixels.subarray(0, 3)]).toEqual([401, 411, 421]);
  });

  it('of a stack that runs from head to feet are the same', () => {
    const turned = volumeOf([...frames].reverse(), [...stack].reverse(), -2);
    const again = openVolume(turned);
    expect([...planeFrame(turned, again.planes[1]!, 2).pixels]).toEqual([...planeFrame(volume, coronal!, 2).pixels]);
  });

  it('of an oblique volume are three different ones, also where two axes have the same greatest part', () => {
    const half = Math.SQRT1_2;
    for (const orientation of [
      // Rows and columns both run most of all to the left.
      [half, 0.5, 0.5, half, -0.5, -0.5],
      // Halfway between coronal and sagittal: row and normal have parts of one size.
      [half, half, 0, 0, 0, -1],
    ]) {
      const oblique = volumeOf(frames, [slice(0, { orientation })], 2);
      const words = openVolume(oblique).planes.map((plane) => plane.words);
      expect([...words].sort()).toEqual(['Axial', 'Coronal', 'Sagittal']);
      const { facts } = planeFrame(oblique, openVolume(oblique).planes[1]!, 0);
      expect(facts.rows * facts.columns).toBeGreaterThan(0);
    }
  });

  it('know where they cross', () => {
    const place = volumePoint(volume, coronal!, 2, [1, 0]);
    expect(place).toEqual([1, 2, 4]);
    expect(planePoint(volume, sagittal!, place)).toEqual([2, 0]);
    expect(planePoint(volume, acquired!, place)).toEqual([1, 2]);
  });

  it('are gone when the volume is released', () => {
    const name = open.stacks[1]![0]!;
    expect(planePicture(name).facts.rows).toBe(5);
    open.release();
    expect(() => planePicture(name)).toThrow(/no longer open/);
  });
});
