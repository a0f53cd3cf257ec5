import type { EChartsOption } from 'echarts';
import type { MetricsDocument } from '../contract/metrics.ts';
import { formatInterval } from '../domain/format.ts';
import { shownInterval } from '../domain/shownIntervals.ts';
import { chartFrame, runColor, shareAxis } from './theme.ts';
import type { ChartTheme } from './theme.ts';
import { thinCurve } from './thin.ts';
import type { Point } from './thin.ts';

export interface CurveInput {
  /** Run and set, e.g. "Run 7, test". */
  name: string;
  metrics: MetricsDocument;
  /** A point moved by hand, drawn filled; the operating point in force is then drawn hollow. */
  moved?: Point | null;
}

/** Operating point of a document as (1 − specificity, sensitivity); null where a class is missing. */
export function operatingPointOf(metrics: MetricsDocument): Point | null {
  const { sensitivity, specificity } = metrics;
  if (sensitivity.value === null || specificity.value === null) return null;
  return [1 - specificity.value, sensitivity.value];
}

/** The document's pointwise 95 % band as a closed polygon in data coordinates; empty where there is none. */
export function rocBand(metrics: MetricsDocument): Point[] {
  const points = metrics.rocBand?.points ?? [];
  const upper = points.map(({ fpr, high }): Point => [fpr, high]);
  const lower = points.map(({ fpr, low }): Point => [fpr, low]);
  return [...upper, ...lower.reverse()];
}

/** How the band was made, in words, for captions; null where there is none. */
export function bandWords({ rocBand: band }: MetricsDocument): string | null {
  if (band === null) return null;
  const unit = band.unit === 'patient' ? 'patients' : 'images within each class';
  return `Band: pointwise 95 % interval of the sensitivity at each false-positive rate, bootstrap of ${unit}, ${band.replicates} replicates, seed ${band.seed}.`;
}

/** ROC curves with AUC in the legend, the operating point as a diamond, and for a single curve its band. */
export function rocChart(curves: readonly CurveInput[], theme: ChartTheme): EChartsOption {
  const drawn = curves.filter((curve) => curve.metrics.roc.length > 0);
  return {
    ...chartFrame(theme),
    grid: { left: 52, right: 18, top: 22 + 17 * Math.max(1, drawn.length), bottom: 46 },
    legend: { ...chartFrame(theme).legend, orient: 'vertical', data: drawn.map(legendName) },
    xAxis: shareAxis(theme, '1 − specificity'),
    yAxis: shareAxis(theme, 'Sensitivity'),
    series: [
      chanceLine(theme),
      ...(drawn.length === 1 && drawn[0]?.metrics.rocBand ? [bandSeries(drawn[0].metrics)] : []),
      ...drawn.flatMap((curve, place) => curveSeries(curve, runColor(place), theme)),
    ],
  };
}

function legendName(curve: CurveInput): string {
  return `${curve.name}: AUC ${formatInterval(shownInterval(curve.metrics, 'auc'))}`;
}

function chanceLine(theme: ChartTheme) {
  return {
    type: 'line' as const,
    silent: true,
    symbol: 'none',
    data: [
      [0, 0],
      [1, 1],
    ],
    lineStyle: { color: theme.quiet, width: 1, type: 'dashed' as const },
  };
}

function bandSeries(metrics: MetricsDocument) {
  const polygon = rocBand(metrics);
  return {
    type: 'custom' as const,
    silent: true,
    data: [0],
    renderItem: (_params: unknown, api: { coord(point: number[]): number[] }) => ({
      type: 'polygon' as const,
      shape: { points: polygon.map((point) => api.coord([...point])) },
      style: { fill: runColor(0), opacity: 0.16 },
    }),
  };
}

function curveSeries(curve: CurveInput, color: string, theme: ChartTheme) {
  const point = operatingPointOf(curve.metrics);
  return [
    {
      type: 'line' as const,
      name: legendName(curve),
      symbol: 'none',
      data: thinCurve(curve.metrics.roc.map(({ fpr, tpr }): Point => [fpr, tpr])).map((one) => [...one]),
      lineStyle: { color, width: 1.8 },
      itemStyle: { color },
    },
    diamond(point, curve.moved ? theme.ground : color, color),
    ...(curve.moved ? [diamond(curve.moved, color, theme.text)] : []),
  ];
}

function diamond(point: Point | null, fill: string, border: string) {
  return {
    type: 'scatter' as const,
    symbol: 'diamond',
    symbolSize: 14,
    z: 5,
    silent: true,
    data: point === null ? [] : [[...point]],
    itemStyle: { color: fill, borderColor: border, borderWidth: 1.4 },
  };
}
