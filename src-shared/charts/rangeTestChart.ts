import type { EChartsOption } from 'echarts';
import type { RangeTestResult } from '../contract/rangeTest.ts';
import { chartFrame, positiveColor, valueAxis } from './theme.ts';
import type { ChartTheme } from './theme.ts';

/** Loss against a growing learning rate, on a logarithmic axis, with the suggestion marked. */
export function rangeTestChart(
  { points, suggestion }: Pick<RangeTestResult, 'points' | 'suggestion'>,
  theme: ChartTheme,
): EChartsOption {
  return {
    ...chartFrame(theme),
    grid: { left: 56, right: 20, top: 24, bottom: 46 },
    legend: { show: false },
    xAxis: { ...valueAxis(theme, 'Learning rate'), type: 'log' },
    yAxis: { ...valueAxis(theme, 'Training loss'), scale: true },
    series: [
      {
        type: 'line',
        name: 'Loss',
        symbol: 'none',
        data: points.map((point) => [point.learningRate, point.loss]),
        lineStyle: { color: positiveColor, width: 1.8 },
        itemStyle: { color: positiveColor },
        ...(suggestion === null
          ? {}
          : {
              markLine: {
                silent: true,
                symbol: 'none',
                data: [{ xAxis: suggestion }],
                lineStyle: { color: theme.quiet, width: 1, type: 'dashed' },
                label: { formatter: 'suggested', color: theme.quiet, fontSize: 10, position: 'end', distance: 3 },
              },
            }),
      },
    ],
  };
}
