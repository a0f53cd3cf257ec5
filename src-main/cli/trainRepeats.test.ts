import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunGroup } from '../../src-shared/contract/runGroups.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import { describeGroup, isGroup, repeatOptions, repeatsFrom } from './trainRepeats.ts';

const seeds = (text: string): number[] =>
  z.array(z.number()).parse(repeatOptions()[0]!.parseArg?.<unknown>(text, undefined));

describe('what is repeated', () => {
  it('is nothing where neither seeds nor folds are given', () => expect(repeatsFrom({})).toBeNull());

  it('is a list of seeds, or so many from --seed on', () => {
    expect(repeatsFrom({ seeds: seeds('7,1,30') })).toEqual({ kind: 'listedSeeds', seeds: [7, 1, 30] });
    expect(repeatsFrom({ seeds: seeds('3') })).toEqual({ kind: 'seeds', count: 3 });
    expect(repeatsFrom({ folds: 5 })).toEqual({ kind: 'folds', count: 5 });
  });

  it.each(['1,1', '1', '', '1,,2', '1.5,2', '-1,2', 'a,b', '51'])('is refused as “%s”', (text) => {
    expect(() => seeds(text)).toThrow(/Different whole numbers/);
  });

  it('is not both at once', () => {
    expect(() => repeatsFrom({ seeds: [1, 2], folds: 5 })).toThrow(/cannot be combined/);
  });

  it('goes on by the name of its group', () => {
    expect([isGroup('group-12'), isGroup('run-12')]).toEqual([true, false]);
  });
});

describe('the table of a group', () => {
  const validation = { loss: 0.5, accuracy: 0.8, auc: 0.9, sensitivity: 0.7, specificity: null };
  const accuracy = { n: 1, mean: 0.8, low: 0.8, high: 0.8, deviation: null };
  const group: RunGroup = {
    id: 'group-1',
    number: 1,
    kind: 'folds',
    createdAt: '2026-03-02T09:00:00.000Z',
    configuration: defaultRunConfiguration,
    runs: [
      { run: 'run-1', seed: 1, fold: 1, state: 'finished', validation },
      { run: 'run-2', seed: 1, fold: 2, state: 'failed', validation: null },
    ],
    figures: { accuracy, auc: null, sensitivity: null, specificity: null, loss: null },
  };

  it('has a row for each run, also for one that failed, and then how the figures spread', () => {
    const rows = describeGroup(group)
      .split('\n')
      .map((line) => line.trim().replace(/\s{2,}/g, ' | '));
    expect(rows).toEqual([
      'group-1: best epochs on validation of 1 of 2 runs',
      'accuracy | auc | sensitivity | specificity | loss',
      'run-1 (fold 1) | 0.800 | 0.900 | 0.700 | – | 0.500',
      'run-2 (fold 2) | failed',
      'mean | 0.800 | – | – | – | –',
      'standard deviation | – | – | – | – | –',
      'least | 0.800 | – | – | – | –',
      'most | 0.800 | – | – | – | –',
    ]);
  });
});
