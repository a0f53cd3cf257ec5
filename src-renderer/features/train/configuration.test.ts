import { describe, expect, it } from 'vitest';
import { defaultRunConfiguration, runConfigurationSchema } from '../../../src-shared/contract/training.ts';
import { configurationProblems, copyOf, describeConfiguration, quickTrial, windowChoice } from './configuration.ts';

describe('run configuration', () => {
  it('of a quick trial is one that the contract accepts', () => {
    expect(runConfigurationSchema.parse(quickTrial(defaultRunConfiguration))).toMatchObject({
      head: 'compact',
      epochs: 4,
    });
  });

  it('names the field that does not fit', () => {
    expect(configurationProblems({ ...defaultRunConfiguration, epochs: 0 })[0]).toMatch(/^Epochs: /);
    expect(configurationProblems(defaultRunConfiguration)).toEqual([]);
  });

  it('knows its window by name', () => {
    expect(windowChoice(defaultRunConfiguration)).toBe('1');
    const { preprocessing } = defaultRunConfiguration;
    expect(windowChoice({ ...defaultRunConfiguration, preprocessing: { ...preprocessing, window: null } })).toBe('own');
    const odd = { level: 1, width: 2 };
    expect(windowChoice({ ...defaultRunConfiguration, preprocessing: { ...preprocessing, window: odd } })).toBe(
      'custom',
    );
  });

  it('reads as words', () => {
    const words = Object.fromEntries(describeConfiguration({ ...defaultRunConfiguration, freeze: 4 }));
    expect(words.Frozen).toBe('first 4 convolutions frozen');
    expect(words.Picture).toBe('224 × 224');
    expect(words.Window).toBe('lung window (W 1500 L −600 HU)');
  });
});

it('is copied with all its parts', () => {
  const original = {
    ...defaultRunConfiguration,
    earlyStopping: { patience: 3 },
    schedule: { kind: 'step', everyEpochs: 2, factor: 0.5 } as const,
  };
  const copy = copyOf(original);
  expect(copy).toEqual(original);
  for (const part of ['preprocessing', 'augmentation', 'schedule', 'earlyStopping'] as const) {
    expect(copy[part]).not.toBe(original[part]);
  }
  expect(copy.preprocessing.window).not.toBe(original.preprocessing.window);
});
