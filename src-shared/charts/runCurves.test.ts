import { expect, it } from 'vitest';
import type { EpochRecord } from '../contract/training.ts';
import { curveMeasures, measureOf, runCurves } from './runCurves.ts';
import { darkTheme } from './theme.ts';

const epoch = (number: number, best: boolean): EpochRecord => ({
  epoch: number,
  training: { loss: 0.5, accuracy: 0.7 },
  validation: { loss: 0.6, accuracy: 0.8, auc: 0.9, sensitivity: 0.75, specificity: 0.85 },
  learningRate: 1e-4,
  seconds: 1,
  imagesPerSecond: 1,
  etaSeconds: null,
  best,
});

it('takes each measure from its own place', () => {
  expect(curveMeasures.map(({ value }) => measureOf(epoch(1, true), value))).toEqual([
    0.8, 0.9, 0.75, 0.85, 0.6, 0.5, 1e-4,
  ]);
});

it('draws one line per run with a shape of its own, and marks the kept epoch', () => {
  const first = { name: 'Run 1', epochs: [epoch(1, true), epoch(2, true), epoch(3, false)] };
  const second = { name: 'Run 2', epochs: [epoch(1, true)] };
  const { series } = runCurves([first, second], 'accuracy', darkTheme);
  if (!Array.isArray(series)) throw new Error('no series');
  expect(series.map((one) => Reflect.get(one, 'symbol'))).toEqual(['circle', 'rect']);
  expect(series.map((one) => Reflect.get(one, 'data'))).toEqual([
    [
      { value: [1, 0.8], symbolSize: 5 },
      { value: [2, 0.8], symbolSize: 12 },
      { value: [3, 0.8], symbolSize: 5 },
    ],
    [{ value: [1, 0.8], symbolSize: 12 }],
  ]);
});
