import type { EChartsOption } from 'echarts';
import type { EpochRecord } from '../contract/training.ts';
import { chartFrame, negativeColor, positiveColor, shareAxis, valueAxis } from './theme.ts';
import type { ChartTheme } from './theme.ts';

/** Validation is what the choice of the epoch rests on, so it has the strong colour. */
const colors = { training: negativeColor, validation: positiveColor, auc: '#009e73' } as const;

interface Line {
  name: string;
  color: string;
  values: (number | null)[];
}

/** Loss of training and validation by epoch; the kept epoch is marked. */
export function lossChart(epochs: readonly EpochRecord[], theme: ChartTheme): EChartsOption {
  return epochChart(epochs, theme, valueAxis(theme, 'Loss', { min: 0 }), [
    { name: 'Training', color: colors.training, values: epochs.map((epoch) => epoch.training.loss) },
    { name: 'Validation', color: colors.validation, values: epochs.map((epoch) => epoch.validation.loss) },
  ]);
}

/** Accuracy of training and validation and the validation AUC by epoch; the kept epoch is marked. */
export function accuracyChart(epochs: readonly EpochRecord[], theme: ChartTheme): EChartsOption {
  return epochChart(epochs, theme, shareAxis(theme, 'Accuracy, AUC'), [
    { name: 'Training accuracy', color: colors.training, values: epochs.map((epoch) => epoch.training.accuracy) },
    { name: 'Validation accuracy', color: colors.validation, values: epochs.map((epoch) => epoch.validation.accuracy) },
    { name: 'Validation AUC', color: colors.auc, values: epochs.map((epoch) => epoch.validation.auc) },
  ]);
}

/** Validation sensitivity and specificity by epoch, at the threshold of 0.5; the kept epoch is marked. */
export function decisionChart(epochs: readonly EpochRecord[], theme: ChartTheme): EChartsOption {
  return epochChart(epochs, theme, shareAxis(theme, 'Share'), [
    { name: 'Sensitivity', color: colors.validation, values: epochs.map((epoch) => epoch.validation.sensitivity) },
    { name: 'Specificity', color: colors.training, values: epochs.map((epoch) => epoch.validation.specificity) },
  ]);
}

/** The epoch whose weights were kept: the last one that was the best so far. */
export function keptEpoch(epochs: readonly EpochRecord[]): number | null {
  return epochs.findLast((epoch) => epoch.best)?.epoch ?? null;
}

function epochChart(
  epochs: readonly EpochRecord[],
  theme: ChartTheme,
  yAxis: ReturnType<typeof valueAxis> & { interval?: number },
  lines: readonly Line[],
): EChartsOption {
  const best = keptEpoch(epochs);
  const last = epochs.at(-1)?.epoch ?? 1;
  return {
    ...chartFrame(theme),
    grid: { left: 52, right: 18, top: 44, bottom: 46 },
    legend: { ...chartFrame(theme).legend, data: lines.map((line) => line.name) },
    xAxis: { ...valueAxis(theme, 'Epoch', { min: 1, max: Math.max(2, last) }), minInterval: 1 },
    yAxis,
    series: lines.map((line, place) => ({
      type: 'line' as const,
      name: line.name,
      symbol: epochs.length > 40 ? 'none' : 'circle',
      symbolSize: 4,
      data: epochs.map((epoch, row) => [epoch.epoch, line.values[row] ?? null]),
      lineStyle: { color: line.color, width: 1.8 },
      itemStyle: { color: line.color },
      ...(place === 0 && best !== null ? { markLine: keptLine(best, theme) } : {}),
    })),
  };
}

function keptLine(epoch: number, theme: ChartTheme) {
  return {
    silent: true,
    symbol: 'none',
    data: [{ xAxis: epoch }],
    lineStyle: { color: theme.quiet, width: 1, type: 'dashed' as const },
    label: { formatter: `kept: ${epoch}`, color: theme.quiet, fontSize: 10, position: 'end' as const, distance: 3 },
  };
}
