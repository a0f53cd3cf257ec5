import { describe, expect, it } from 'vitest';
import { directionLetters, edgeLetters, slicePositionWords } from './orientation.ts';
import { flipped, fittedView, turned, upright } from './view.ts';

const axial = [1, 0, 0, 0, 1, 0];
const view = fittedView({ rows: 2, columns: 2, spacing: null }, { width: 2, height: 2 });

describe('letters of directions', () => {
  it('of an axial slice: the patient looks up, his left is at the right', () => {
    expect(edgeLetters(axial, upright)).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
  });
  it('of sagittal and coronal slices', () => {
    expect(edgeLetters([0, 1, 0, 0, 0, -1], upright)).toEqual({ left: 'A', right: 'P', top: 'H', bottom: 'F' });
    expect(edgeLetters([1, 0, 0, 0, 0, -1], upright)).toEqual({ left: 'R', right: 'L', top: 'H', bottom: 'F' });
  });
  it('turn and flip with the picture', () => {
    expect(edgeLetters(axial, turned(view).turn)).toEqual({ left: 'P', right: 'A', top: 'R', bottom: 'L' });
    expect(edgeLetters(axial, flipped(view, 'horizontal').turn)).toMatchObject({ left: 'L', right: 'R', top: 'A' });
  });
  it('name two axes of an oblique direction, the greater first', () => {
    expect(directionLetters([0.6, 0, -0.8])).toBe('FL');
    expect(directionLetters([0.99, 0.1, 0])).toBe('L');
  });
});

describe('the slice position', () => {
  it('is told along the axis that the slice crosses', () => {
    expect(slicePositionWords([-100, -90, -123.44], axial)).toBe('F 123.4 mm');
    expect(slicePositionWords([12.5, 0, 0], [0, 1, 0, 0, 0, -1])).toBe('L 12.5 mm');
  });
});
