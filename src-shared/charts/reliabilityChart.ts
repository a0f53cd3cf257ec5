import type { EChartsOption } from 'echarts';
import { formatNumber } from '../domain/format.ts';
import { wilsonBounds } from '../domain/wilson.ts';
import type { CurveInput } from './rocChart.ts';
import { chartFrame, runColor, shareAxis } from './theme.ts';
import type { ChartTheme } from './theme.ts';

/** Observed share of positives against mean probability per bin, each with its Wilson 95 % interval; points grow with n. */
export function reliabilityChart(curves: readonly CurveInput[], theme: ChartTheme): EChartsOption {
  const name = (curve: CurveInput): string => `${curve.name}: ECE ${formatNumber(curve.metrics.ece.value, 3)}`;
  return {
    ...chartFrame(theme),
    grid: { left: 52, right: 18, top: 22 + 17 * Math.max(1, curves.length), bottom: 46 },
    legend: { ...chartFrame(theme).legend, orient: 'vertical', data: curves.map(name) },
    xAxis: shareAxis(theme, 'Mean predicted probability'),
    yAxis: shareAxis(theme, 'Observed share positive'),
    series: [
      {
        type: 'line',
        silent: true,
        symbol: 'none',
        data: [
          [0, 0],
          [1, 1],
        ],
        lineStyle: { color: theme.quiet, width: 1, type: 'dashed' },
      },
      ...curves.flatMap((curve, place) => binSeries(curve, name(curve), runColor(place))),
    ],
  };
}

function binSeries(curve: CurveInput, name: string, color: string) {
  const bins = curve.metrics.calibration.bins.flatMap((bin) =>
    bin.meanProbability === null || bin.observed === null
      ? []
      : [{ x: bin.meanProbability, y: bin.observed, n: bin.n, bounds: wilsonBounds(bin.observed * bin.n, bin.n) }],
  );
  const most = Math.max(1, ...bins.map((bin) => bin.n));
  return [
    ...bins.map(({ x, bounds }) => ({
      type: 'line' as const,
      silent: true,
      symbol: 'none',
      data: [
        [x, bounds?.low ?? 0],
        [x, bounds?.high ?? 1],
      ],
      lineStyle: { color, width: 1, opacity: 0.65 },
    })),
    {
      type: 'line' as const,
      name,
      symbol: 'circle',
      symbolSize: (_value: unknown, params: { dataIndex: number }) =>
        4 + 7 * Math.sqrt((bins[params.dataIndex]?.n ?? 0) / most),
      data: bins.map(({ x, y }) => [x, y]),
      lineStyle: { color, width: 1.4 },
      itemStyle: { color },
    },
  ];
}
