import type { EChartsOption } from 'echarts';
import { formatNumber } from '../domain/format.ts';
import type { CurveInput } from './rocChart.ts';
import { chartFrame, runColor, shareAxis } from './theme.ts';
import type { ChartTheme } from './theme.ts';
import { thinCurve } from './thin.ts';
import type { Point } from './thin.ts';

/** Precision against recall as steps, average precision in the legend; the dashed line is the share of positives (chance). */
export function precisionRecallChart(curves: readonly CurveInput[], theme: ChartTheme): EChartsOption {
  const drawn = curves.filter((curve) => curve.metrics.pr.length > 0);
  const name = (curve: CurveInput): string =>
    `${curve.name}: average precision ${formatNumber(curve.metrics.averagePrecision)}`;
  const first = drawn[0]?.metrics.n;
  const prevalence = first === undefined || first.images === 0 ? null : first.positive / first.images;
  return {
    ...chartFrame(theme),
    grid: { left: 52, right: 18, top: 22 + 17 * Math.max(1, drawn.length), bottom: 46 },
    legend: { ...chartFrame(theme).legend, orient: 'vertical', data: drawn.map(name) },
    xAxis: shareAxis(theme, 'Recall (sensitivity)'),
    yAxis: shareAxis(theme, 'Precision (PPV)'),
    series: [
      ...(prevalence === null
        ? []
        : [
            {
              type: 'line' as const,
              silent: true,
              symbol: 'none',
              data: [
                [0, prevalence],
                [1, prevalence],
              ],
              lineStyle: { color: theme.quiet, width: 1, type: 'dashed' as const },
            },
          ]),
      ...drawn.map((curve, place) => ({
        type: 'line' as const,
        name: name(curve),
        symbol: 'none',
        step: 'start' as const,
        data: thinCurve(curve.metrics.pr.map(({ precision, recall }): Point => [recall, precision])).map((one) => [
          ...one,
        ]),
        lineStyle: { color: runColor(place), width: 1.8 },
        itemStyle: { color: runColor(place) },
      })),
    ],
  };
}
