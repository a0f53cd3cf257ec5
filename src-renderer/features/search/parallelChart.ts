import type { EChartsOption } from 'echarts';
import type { ChartTheme } from '../../../src-shared/charts/index.ts';
import type { Trial } from '../../../src-shared/contract/search.ts';
import { valueWords } from '../../../src-shared/domain/searchWords.ts';
import type { TrialColumn } from './trialColumns.ts';

/** Intervals brushed on each axis, by the column's key, in the axis' own values; places for an axis of names. */
export type Brushed = ReadonlyMap<string, readonly (readonly [number, number])[]>;

export function filterTrials(trials: readonly Trial[], columns: readonly TrialColumn[], brushed: Brushed): Trial[] {
  return trials.filter((trial) =>
    columns.every((column) => {
      const intervals = brushed.get(column.key) ?? [];
      if (intervals.length === 0) return true;
      const value = column.value(trial);
      const at =
        column.axis.kind === 'names' ? column.axis.names.indexOf(String(value)) : value === null ? null : Number(value);
      return at !== null && intervals.some(([low, high]) => at >= low && at <= high);
    }),
  );
}

/** One line for each trial through what was drawn for it to what came of it; the best one stands out. */
export function parallelChart(
  trials: readonly Trial[],
  columns: readonly TrialColumn[],
  best: number | null,
  theme: ChartTheme,
): EChartsOption {
  // The best one last, so that no other line crosses it.
  const shown = trials
    .filter((trial) => trial.best !== null)
    .sort((a, b) => Number(a.number === best) - Number(b.number === best));
  const strength = Math.max(0.2, Math.min(0.55, 20 / shown.length));
  const text = { color: theme.text, fontSize: 11, fontFamily: theme.fontFamily };
  return {
    animation: false,
    backgroundColor: theme.ground,
    parallel: {
      left: 56,
      right: 56,
      top: 34,
      bottom: 22,
      parallelAxisDefault: {
        nameTextStyle: text,
        nameGap: 12,
        // Figures stand on ground of their own: a hundred lines pass behind them.
        axisLabel: {
          color: theme.text,
          fontSize: 10,
          fontFamily: theme.fontFamily,
          backgroundColor: theme.ground,
          padding: [1, 3],
          borderRadius: 2,
        },
        axisLine: { lineStyle: { color: theme.quiet } },
        areaSelectStyle: { width: 18, borderColor: '#4cc2ff', color: '#4cc2ff', opacity: 0.25 },
      },
    },
    parallelAxis: columns.map((column, dim) => ({
      dim,
      id: column.key,
      name: column.words,
      ...axisOf(column, shown),
    })),
    series: [
      {
        type: 'parallel',
        inactiveOpacity: 0.08,
        activeOpacity: Math.min(0.9, 2 * strength),
        progressive: 0,
        data: shown.map((trial) => ({
          name: `Trial ${trial.number}`,
          value: columns.map((column) => column.value(trial) ?? '-'),
          lineStyle: {
            color: trial.number === best ? '#e69f00' : '#56b4e9',
            width: trial.number === best ? 3 : 1.2,
            opacity: trial.number === best ? 1 : strength,
          },
        })),
      },
    ],
  } as EChartsOption;
}

function axisOf({ axis, value }: TrialColumn, trials: readonly Trial[]): object {
  if (axis.kind === 'names') return { type: 'category', data: axis.names };
  const numbers = trials.map((trial) => value(trial)).filter((one): one is number => typeof one === 'number');
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const label = { formatter: (tick: number) => valueWords(tick) };
  if (axis.kind === 'log') return { type: 'log', min: low * 0.8, max: high * 1.25, axisLabel: label };
  // A single value still wants an axis of some length.
  const pad = high > low ? 0 : Math.max(0.05, Math.abs(high) * 0.1);
  return { type: 'value', min: low - pad, max: high + pad, axisLabel: label };
}
