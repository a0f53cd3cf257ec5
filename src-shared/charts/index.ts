/** Chart definitions shared by screen and paper: pure functions from documents to ECharts options. */
export { accuracyChart, decisionChart, keptEpoch, lossChart } from './learningCurves.ts';
export { learningRateChart } from './learningRateChart.ts';
export { precisionRecallChart } from './precisionRecallChart.ts';
export { rangeTestChart } from './rangeTestChart.ts';
export { reliabilityChart } from './reliabilityChart.ts';
export { bandWords, operatingPointOf, rocBand, rocChart } from './rocChart.ts';
export type { CurveInput } from './rocChart.ts';
export { curveMeasures, measureOf, runCurves } from './runCurves.ts';
export type { CurveMeasure } from './runCurves.ts';
export { scoreHistogram } from './scoreHistogram.ts';
export { darkTheme, lightTheme, negativeColor, positiveColor, runColor, runColors } from './theme.ts';
export type { ChartTheme } from './theme.ts';
export { thinCurve } from './thin.ts';
export type { Point } from './thin.ts';
