import { expect, it } from 'vitest';
import { remainsWords, removedWords } from './removalWords.ts';

it('names only what is there, the number before it', () => {
  const removal = {
    removed: { files: 2, bytes: 2048, epochs: 1, predictions: 0, evaluations: 2, audits: 0 },
    remains: { testOpenings: 1, operatingPoints: 0, reviews: 3, reports: 0 },
    inUse: false,
  };
  expect(removedWords(removal)).toEqual([
    'its configuration, note and tags',
    'its model and what lies beside it: 2 files, 2.0 KiB',
    'its curves: 1 epoch',
    'its figures on 2 sets',
  ]);
  expect(remainsWords(removal)).toEqual([
    'the images and their labels, and the list of images that it was trained on',
    '1 opening of the test set, printed in every report',
    '3 entries of readers',
  ]);
});
