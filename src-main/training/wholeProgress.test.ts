import { expect, it } from 'vitest';
import type { Plan } from './plan.ts';
import { wholeProgress } from './wholeProgress.ts';

/** 6 images to train on, 4 to validate. */
const images = Array.from({ length: 10 }, (_, place): Plan['images'][number] => [place, 0, place < 6 ? 0 : 1]);
const at = (phase: 'features' | 'training' | 'validation', epoch: number, done: number, total: number) =>
  wholeProgress({ phase, epoch, epochs: 5, done, total }, { images });

it('the bar of a training shows the share of all epochs, not of the phase in hand', () => {
  expect(at('training', 1, 3, 6)).toEqual({ done: 3, total: 50 });
  expect(at('validation', 1, 4, 4)).toEqual({ done: 10, total: 50 });
  expect(at('training', 3, 6, 6)).toEqual({ done: 26, total: 50 });
  expect(at('validation', 5, 4, 4)).toEqual({ done: 50, total: 50 });
});

it('what comes before the first epoch has its own count', () => {
  expect(at('features', 0, 7, 20)).toEqual({ done: 7, total: 20 });
});
