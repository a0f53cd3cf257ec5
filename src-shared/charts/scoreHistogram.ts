import type { EChartsOption } from 'echarts';
import { shorten } from '../domain/format.ts';
import type { CurveInput } from './rocChart.ts';
import { chartFrame, negativeColor, positiveColor, shareAxis, valueAxis } from './theme.ts';
import type { ChartTheme } from './theme.ts';

/** Images by predicted probability in ten bins, each class with its own bars; the dashed line is the threshold. */
export function scoreHistogram({ metrics }: CurveInput, theme: ChartTheme): EChartsOption {
  const { bins } = metrics.calibration;
  const positives = bins.map((bin) => Math.round((bin.observed ?? 0) * bin.n));
  const negatives = bins.map((bin, place) => bin.n - positives[place]!);
  const bars = (name: string, color: string, counts: readonly number[], side: -1 | 1) => ({
    type: 'bar' as const,
    name,
    barWidth: 11,
    barGap: '0%',
    data: bins.map((bin, place) => [(bin.low + bin.high) / 2 + side * 1e-9, counts[place] ?? 0]),
    itemStyle: { color },
  });
  return {
    ...chartFrame(theme),
    xAxis: shareAxis(theme, 'Predicted probability'),
    yAxis: { ...valueAxis(theme, 'Images', { min: 0 }), minInterval: 1 },
    series: [
      bars(shorten(`not ${metrics.positiveClass}`, 24), negativeColor, negatives, -1),
      {
        ...bars(shorten(metrics.positiveClass, 24), positiveColor, positives, 1),
        markLine: {
          silent: true,
          symbol: 'none',
          data: [{ xAxis: metrics.operatingPoint.threshold }],
          lineStyle: { color: theme.text, width: 1, type: 'dashed' },
          label: { show: false },
        },
      },
    ],
  };
}
