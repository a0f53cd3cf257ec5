/** Metrics with their intervals, operating points and comparisons of runs. Pure functions but for metricsFromCsv, which reads files. */
export { compareRuns } from './compareRuns.ts';
export type { ComparedRun, ComparisonResult } from './compareRuns.ts';
export { computeMetrics } from './computeMetrics.ts';
export type { MetricsOptions } from './computeMetrics.ts';
export { readCsvTable } from './csvTable.ts';
export type { CsvTable, CsvTableResult } from './csvTable.ts';
export { holm } from './holm.ts';
export { cohenKappa } from './kappa.ts';
export { metricsFromCsv } from './metricsFromCsv.ts';
export type { CsvMetricsOptions, CsvMetricsResult } from './metricsFromCsv.ts';
export { multiclassMetrics } from './multiclass.ts';
export type { MulticlassTable } from './multiclass.ts';
export { chooseThreshold } from './operatingPoint.ts';
export type { ThresholdChoice } from './operatingPoint.ts';
export { aggregate } from './patientLevel.ts';
export { tableFromRows } from './table.ts';
export type { PredictionRow, PredictionTable } from './table.ts';
