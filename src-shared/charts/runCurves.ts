import type { EChartsOption } from 'echarts';
import type { EpochRecord } from '../contract/training.ts';
import { keptEpoch } from './learningCurves.ts';
import { chartFrame, runColor, shareAxis, valueAxis } from './theme.ts';
import type { ChartTheme } from './theme.ts';

export const curveMeasures = [
  { value: 'accuracy', words: 'Accuracy' },
  { value: 'auc', words: 'AUC' },
  { value: 'sensitivity', words: 'Sensitivity' },
  { value: 'specificity', words: 'Specificity' },
  { value: 'validationLoss', words: 'Validation loss' },
  { value: 'trainingLoss', words: 'Training loss' },
  { value: 'learningRate', words: 'Learning rate' },
] as const;
export type CurveMeasure = (typeof curveMeasures)[number]['value'];

/** Runs differ by the shape of their points too, never by colour alone. */
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'arrow'] as const;

/** One measure of an epoch; of the validation set where it is not said otherwise. */
export function measureOf({ training, validation, learningRate }: EpochRecord, measure: CurveMeasure): number | null {
  if (measure === 'trainingLoss') return training.loss;
  if (measure === 'validationLoss') return validation.loss;
  if (measure === 'learningRate') return learningRate;
  return validation[measure];
}

/** The same measure of several runs over the epochs; the large point of a line is the epoch whose weights were kept. */
export function runCurves(
  runs: readonly { name: string; epochs: readonly EpochRecord[] }[],
  measure: CurveMeasure,
  theme: ChartTheme,
): EChartsOption {
  const last = Math.max(2, ...runs.map((run) => run.epochs.at(-1)?.epoch ?? 1));
  return {
    ...chartFrame(theme),
    grid: { left: 60, right: 18, top: 36, bottom: 46 },
    legend: { ...chartFrame(theme).legend, data: runs.map((run) => run.name) },
    xAxis: { ...valueAxis(theme, 'Epoch', { min: 1, max: last }), minInterval: 1 },
    yAxis: measureAxis(measure, theme),
    series: runs.map((run, place) => {
      const kept = keptEpoch(run.epochs);
      return {
        type: 'line' as const,
        name: run.name,
        symbol: symbols[place % symbols.length],
        symbolSize: 5,
        data: run.epochs.map((epoch) => ({
          value: [epoch.epoch, measureOf(epoch, measure)],
          symbolSize: epoch.epoch === kept ? 12 : run.epochs.length > 40 ? 0 : 5,
        })),
        lineStyle: { color: runColor(place), width: 1.8 },
        itemStyle: { color: runColor(place) },
      };
    }),
  };
}

function measureAxis(measure: CurveMeasure, theme: ChartTheme) {
  const { words } = curveMeasures.find((one) => one.value === measure)!;
  if (measure === 'learningRate') {
    // A schedule may end at 0, which a logarithmic axis cannot show.
    return { ...valueAxis(theme, words, { min: 0 }), nameGap: 44 };
  }
  return measure === 'validationLoss' || measure === 'trainingLoss'
    ? valueAxis(theme, words, { min: 0 })
    : shareAxis(theme, words);
}
