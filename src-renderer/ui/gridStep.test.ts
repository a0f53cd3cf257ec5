import { describe, expect, it } from 'vitest';
import { gridStep } from './gridStep.ts';

const grid = { columns: 3, total: 10, rowsInView: 2 };

describe('moving in a grid', () => {
  it('goes by one, by a line and to the ends', () => {
    expect(gridStep('ArrowRight', 0, grid)).toBe(1);
    expect(gridStep('ArrowDown', 1, grid)).toBe(4);
    expect(gridStep('PageDown', 1, grid)).toBe(7);
    expect(gridStep('End', 0, grid)).toBe(9);
    expect(gridStep('Home', 7, grid)).toBe(0);
  });

  it('stays where there is no line above or below', () => {
    expect(gridStep('ArrowUp', 2, grid)).toBe(2);
    expect(gridStep('ArrowDown', 8, grid)).toBe(8);
  });

  it('stops a page at the end', () => {
    expect(gridStep('PageDown', 8, grid)).toBe(9);
  });

  it('leaves other keys alone, and every key in an empty grid', () => {
    expect(gridStep('a', 0, grid)).toBeNull();
    expect(gridStep('ArrowDown', 0, { ...grid, total: 0 })).toBeNull();
  });
});
