import { expect, it } from 'vitest';
import { runDiskWords, searchDiskWords } from './diskWords.ts';

const mebibyte = 1024 ** 2;
const use = { modelBytes: 56 * mebibyte, checkpoints: 1, checkpointBytes: 168 * mebibyte, otherBytes: 0 };
const best = { epoch: 2, validation: { loss: 0.5, accuracy: 0.8, auc: 0.9, sensitivity: 0.8, specificity: 0.8 } };

it('says what is kept of a run and why', () => {
  expect(runDiskWords(use, { state: 'finished', best })).toEqual([
    '56.0 MiB: the model of epoch 2, the best on validation.',
    '168.0 MiB: 1 checkpoint, the newest, from which it can be trained longer. The older ones were deleted when it ended.',
  ]);
  expect(runDiskWords({ ...use, modelBytes: 0, checkpoints: 3 }, { state: 'paused', best: null })).toEqual([
    '168.0 MiB: 3 checkpoints, from which it can go on.',
  ]);
  expect(
    runDiskWords({ ...use, modelBytes: 0, checkpoints: 0, checkpointBytes: 0 }, { state: 'failed', best }),
  ).toEqual(['Nothing of it is on the disk.']);
});

it('says what is kept of a search, and what will be', () => {
  expect(searchDiskWords(use, 'finished')).toMatch(
    /^224\.0 MiB on the disk: the records of all trials and the model of the best/,
  );
  expect(searchDiskWords(use, 'running')).toMatch(/168\.0 MiB of it in 1 checkpoint\. When the search ends/);
});
