import { expect, it } from 'vitest';
import type { ComparisonStudy } from '../../../src-shared/contract/comparisonStudy.ts';
import { stoppedSearchWords, stoppedStudyWords } from './stoppedWords.ts';

const arm = (architecture: 'vgg16' | 'vgg19_bn', trials: number, states: ('finished' | 'interrupted')[]) =>
  ({
    architecture,
    trials,
    runs: states.map((state, seed) => ({ seed, run: `run-${seed}`, state, validation: null })),
  }) as ComparisonStudy['arms'][number];
const steps: ComparisonStudy['steps'] = [
  { id: 'search vgg16', title: 'Search for VGG-16', state: 'done', detail: '' },
  { id: 'seeds vgg16', title: '3 seeds of VGG-16', state: 'waiting', detail: '' },
];

it('an interrupted study says what was kept and where it goes on', () => {
  const study = { steps, arms: [arm('vgg16', 4, ['finished', 'interrupted']), arm('vgg19_bn', 1, [])], openedAt: null };
  expect(stoppedStudyWords({ ...study, state: 'interrupted' })).toBe(
    'Interrupted: the program ended while it was under way. Kept: 5 trials, 1 trained seed, the checkpoints of what was being trained. ' +
      'The test set was not opened. “Go on” continues with step 2 of 2, 3 seeds of VGG-16.',
  );
  expect(stoppedStudyWords({ ...study, arms: [arm('vgg16', 0, [])], state: 'paused' })).toMatch(
    /^Paused on request\. Nothing was trained yet\. The test set was not opened\. “Go on”/,
  );
  expect(stoppedStudyWords({ ...study, state: 'running' })).toBeNull();
});

it('a paused search says how many of its trials are complete', () => {
  const trial = (state: 'finished' | 'paused') =>
    ({ state }) as Parameters<typeof stoppedSearchWords>[0]['list'][number];
  expect(stoppedSearchWords({ state: 'paused', list: [trial('finished'), trial('paused')] })).toBe(
    'Paused on request. Kept: 2 trials, 1 of them complete, and the checkpoints of the others. “Go on” continues each from its newest checkpoint.',
  );
  expect(stoppedSearchWords({ state: 'finished', list: [] })).toBeNull();
});
