import { describe, expect, it } from 'vitest';
import { otherPlanesLast, sliceSpacing } from './sliceSpacing.ts';

const axial = '[1,0,0,0,1,0]';
const at = (...positions: (number | null)[]) => positions.map((position) => ({ position, orientation: axial }));

describe('the slices of a series', () => {
  it('lie evenly, rounded positions included', () => {
    expect(sliceSpacing(at(0, 1.25, 2.5, 3.76, 5.0))).toEqual({
      millimetres: 1.25,
      gaps: [],
      duplicates: [],
      unplaced: 0,
    });
  });

  it('are missing where the distance is a multiple, with how many', () => {
    expect(sliceSpacing(at(-10, -7.5, -5, 2.5, 5))).toMatchObject({
      millimetres: 2.5,
      gaps: [{ after: 2, missing: 2 }],
    });
  });

  it('lie twice where the position is the same', () => {
    expect(sliceSpacing(at(0, 2, 2, 4, 6))).toMatchObject({ millimetres: 2, gaps: [], duplicates: [2] });
  });

  it('of another orientation, or without a position, do not count', () => {
    const scout = { position: 100, orientation: '[1,0,0,0,0,-1]' };
    expect(sliceSpacing([...at(null, 0, 1, 2), scout])).toMatchObject({ millimetres: 1, gaps: [], unplaced: 2 });
  });

  it('say nothing when they are too few or all in one place', () => {
    expect(sliceSpacing(at(0, 1))).toBeNull();
    expect(sliceSpacing(at(3, 3, 3, 3))).toBeNull();
  });
});

describe('scouts among the slices of a series', () => {
  const scout = { position: 1.5, orientation: '[1,0,0,0,0,-1]' };

  it('come last, the slices keeping their order', () => {
    const slices = at(null, 0, 1, 2, 3);
    expect(otherPlanesLast([...slices.slice(0, 3), scout, ...slices.slice(3)])).toEqual([...slices, scout]);
  });

  it('are not told from slices where no orientation is that of most', () => {
    const turned = [scout, ...at(2), { position: 3, orientation: '[0,1,0,0,0,-1]' }];
    expect(otherPlanesLast(turned)).toEqual(turned);
    expect(otherPlanesLast([])).toEqual([]);
  });
});
