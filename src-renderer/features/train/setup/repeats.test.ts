import { expect, it } from 'vitest';
import { once, repeatsOf, repeatsProblem } from './repeats.ts';

it('knows when repeats can be started', () => {
  expect(repeatsOf(once)).toBeNull();
  expect(repeatsProblem(once, null)).toBeNull();
  expect(repeatsOf({ kind: 'seeds', count: 3 })).toEqual({ kind: 'seeds', count: 3 });
  expect(repeatsOf({ kind: 'folds', count: 3 })).toEqual({ kind: 'folds' });
  expect(repeatsProblem({ kind: 'folds', count: 3 }, null)).toMatch(/no folds/);
  expect(repeatsProblem({ kind: 'folds', count: 3 }, 5)).toBeNull();
  for (const count of [1, 51, 2.5, Number.NaN]) {
    expect(repeatsProblem({ kind: 'seeds', count }, 5)).toMatch(/2 to 50/);
  }
});
