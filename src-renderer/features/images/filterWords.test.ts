import { expect, it } from 'vitest';
import { emptyImageFilter } from '../../../src-shared/contract/library.ts';
import { countConditions, rangeOf } from './filterWords.ts';

it('counts what the closed drawer hides', () => {
  expect(countConditions({ ...emptyImageFilter, classId: 3, text: 'a' })).toBe(0);
  expect(countConditions({ ...emptyImageFilter, duplicate: false, scanner: '', keyImages: true })).toBe(3);
});

it('changes one end of a range, and drops a range without ends', () => {
  expect(rangeOf(null, 'from', '1.5')).toEqual({ from: 1.5, to: null });
  expect(rangeOf({ from: 1.5, to: 3 }, 'from', '')).toEqual({ from: null, to: 3 });
  expect(rangeOf({ from: null, to: 3 }, 'to', '')).toBeNull();
  expect(rangeOf(null, 'to', 'thick')).toBeNull();
});
