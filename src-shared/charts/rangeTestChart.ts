import type { EChartsOption } from 'echarts';
import type { RangeTestResult } from '../contract/rangeTest.ts';
import { chartFrame, positiveColor, valueAxis } from './theme.ts';
import type { ChartTheme } from './theme.ts';

/** Loss against a growing learning rate, on a logarithmic axis, with the suggestion marked. */
export function rangeTestChart(
  { points, suggestion }: Pick<RangeTestResult, 'points' | 'suggestion'>,
  theme: ChartTheme,
): EChartsOption {
  const rateAxis = valueAxis(theme, 'Learning rate');
  return {
    ...chartFrame(theme),
    grid: { left: 56, right: 20, top: 24, bottom: 46 },
    legend: { show: false },
    xAxis: { ...rateAxis, type: 'log', axisLabel: { ...rateAxis.axisLabel, formatter: powerOfTen } },
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

/** A tick of a logarithmic axis: 0.00001 → "10⁻⁵". */
function powerOfTen(tick: number): string {
  const superscript = [...String(Math.round(Math.log10(tick)))].map((sign) => superscripts[sign] ?? sign);
  return tick >= 0.01 ? String(Number(tick.toPrecision(1))) : `10${superscript.join('')}`;
}

const superscripts: Readonly<Record<string, string>> = Object.fromEntries(
  [...'-0123456789'].map((sign, place) => [sign, [...'⁻⁰¹²³⁴⁵⁶⁷⁸⁹'][place]!]),
);
