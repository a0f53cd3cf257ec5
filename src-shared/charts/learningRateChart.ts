import type { EChartsOption } from 'echarts';
import { chartFrame, positiveColor, valueAxis } from './theme.ts';
import type { ChartTheme } from './theme.ts';

/**
 * The learning rate over the epochs, as a small curve: `points` are epochs begun, counted from `from`, and the rate then. `beside` other
 * curves by epoch it has their axes, at the same heights.
 */
export function learningRateChart(
  points: readonly (readonly [number, number])[],
  theme: ChartTheme,
  { from = 0, beside = false }: { from?: 0 | 1; beside?: boolean } = {},
): EChartsOption {
  const end = Math.max(from + 1, Math.ceil(points.at(-1)?.[0] ?? 1));
  return {
    ...chartFrame(theme),
    backgroundColor: 'transparent',
    grid: beside ? { left: 60, right: 16, top: 44, bottom: 46 } : { left: 60, right: 16, top: 10, bottom: 24 },
    legend: { show: false },
    xAxis: { ...valueAxis(theme, beside ? 'Epoch' : '', { min: from, max: end }), minInterval: 1 },
    yAxis: { ...valueAxis(theme, '', { min: 0 }), splitNumber: 3 },
    series: [
      {
        type: 'line',
        name: 'Learning rate',
        // A curve of few points is made of points.
        symbol: points.length < 20 ? 'circle' : 'none',
        symbolSize: 4,
        data: points.map(([epoch, rate]) => [Number(epoch.toFixed(3)), Number(rate.toPrecision(4))]),
        lineStyle: { color: positiveColor, width: 1.8 },
        itemStyle: { color: positiveColor },
      },
    ],
  };
}
