import { describe, expect, it } from 'vitest';
import { groupByLabel, sumResults } from './importPlan.ts';

describe('import plan', () => {
  it('asks once per class and leaves paths without a class unlabelled', () => {
    expect(
      groupByLabel([
        { path: '/a', label: 'COVID' },
        { path: '/b', label: ' ' },
        { path: '/c', label: 'COVID ' },
      ]),
    ).toEqual([
      { label: 'COVID', paths: ['/a', '/c'] },
      { label: null, paths: ['/b'] },
    ]);
  });

  it('adds counts and takes the totals of the last import', () => {
    const rejected = [{ path: '/x', code: 'TRUNCATED', reason: 'cut off' }];
    const sum = sumResults([
      { imported: 3, duplicates: 1, rejected, images: 3, patients: 2 },
      { imported: 4, duplicates: 0, rejected: [], images: 7, patients: 5 },
    ]);
    expect(sum).toEqual({ imported: 7, duplicates: 1, rejected, images: 7, patients: 5 });
  });
});
