import { describe, expect, it } from 'vitest';
import type { DatasetImage } from '../training/index.ts';
import { foldDatasets } from './runGroupOperations.ts';

const image = (imageId: number, set: DatasetImage['set']): DatasetImage => ({
  imageId,
  path: `/study/${imageId}.png`,
  fileName: `${imageId}.png`,
  frame: 0,
  fileSha256: '0'.repeat(64),
  pixelSha256: '1'.repeat(64),
  classId: 1,
  className: 'COVID',
  set,
  patientId: imageId,
  pseudonym: `P${imageId}`,
});

describe('a group over the folds of the split', () => {
  const dataset = [image(1, 'validation'), image(2, 'training'), image(3, 'training'), image(4, 'test')];
  const folds = new Map([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);

  it('lets each fold validate once while the others train, and leaves the test set alone', () => {
    const made = foldDatasets(dataset, folds);
    expect(made.map(({ fold }) => fold)).toEqual([1, 2, 3]);
    const setsOf = (place: number) => made[place]!.dataset.map(({ imageId, set }) => [imageId, set]);
    expect(setsOf(0)).toEqual([
      [1, 'validation'],
      [2, 'training'],
      [3, 'training'],
      [4, 'test'],
    ]);
    expect(setsOf(2)).toEqual([
      [1, 'training'],
      [2, 'training'],
      [3, 'validation'],
      [4, 'test'],
    ]);
    for (const one of made) {
      expect(one.dataset.filter(({ set }) => set === 'validation').map(({ imageId }) => folds.get(imageId))).toEqual([
        one.fold,
      ]);
    }
  });

  it('is refused where the split has no folds', () => {
    expect(() => foldDatasets(dataset, new Map())).toThrow(/no folds/);
  });
});
