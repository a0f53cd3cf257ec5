import type { MetricsDocument, PatientLevel, Subgroup } from '../../src-shared/contract/metrics.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { AuditMetadata } from '../../src-shared/contract/audit.ts';
import { auditMetadata, type ImageMetadata } from './audit/metadataModel.ts';
import { compareRuns, type ComparedRun, type ComparisonResult } from './compareRuns.ts';
import { computeMetrics, type MetricsOptions } from './computeMetrics.ts';
import { metricsFromCsv, type CsvMetricsOptions, type CsvMetricsResult } from './metricsFromCsv.ts';
import { aggregatePatients, patientLevelMetrics } from './patientLevel.ts';
import { subgroupFigures, type SubgroupRow } from './subgroups.ts';
import type { PredictionTable } from './table.ts';

/** What the metrics thread is asked for; plain data, so that it can be sent. */
export type MetricsTask =
  | { kind: 'metrics'; table: PredictionTable; options: MetricsOptions }
  | { kind: 'csv'; path: string; options: CsvMetricsOptions }
  | { kind: 'compare'; runs: ComparedRun[] }
  | { kind: 'subgroups'; rows: SubgroupRow[]; document: MetricsDocument }
  | { kind: 'patients'; table: PredictionTable; options: MetricsOptions }
  | { kind: 'metadata'; images: ImageMetadata[]; seed: number };

export interface MetricsAnswers {
  metrics: MetricsDocument;
  csv: CsvMetricsResult;
  compare: ComparisonResult;
  subgroups: Subgroup[];
  /** Null where no patient has several images. */
  patients: PatientLevel | null;
  /** Null where metadata cannot be judged. */
  metadata: AuditMetadata | null;
}
export type MetricsAnswer = MetricsAnswers[keyof MetricsAnswers];

/** Performs one task; the pure part of metricsWorker.ts. */
export function performMetricsTask(task: MetricsTask, context: JobContext): MetricsAnswer | Promise<MetricsAnswer> {
  const onProgress = bootstrapProgress(context);
  switch (task.kind) {
    case 'metrics':
      return computeMetrics(task.table, { ...task.options, onProgress });
    case 'csv':
      return metricsFromCsv(task.path, task.options, onProgress);
    case 'compare':
      return compareRuns(task.runs, onProgress);
    case 'subgroups':
      return subgroupFigures(task.rows, task.document);
    case 'patients':
      return patientsOf(task.table, task.options);
    case 'metadata':
      return auditMetadata(task.images, task.seed);
  }
}

function patientsOf(table: PredictionTable, options: MetricsOptions): PatientLevel | null {
  if (table.patients === null || new Set(table.patients).size === table.patients.length) return null;
  const aggregation = options.aggregation ?? 'mean';
  const aggregated = aggregatePatients(table, aggregation).table;
  return patientLevelMetrics(aggregated, aggregation, options.operatingPoint.threshold, options.interval ?? 'wilson');
}

function bootstrapProgress(context: JobContext) {
  const startedAt = performance.now();
  return (done: number, total: number): void => {
    const seconds = (performance.now() - startedAt) / 1000;
    const rate = seconds > 0 ? done / seconds : null;
    context.report({
      phase: 'bootstrap',
      done,
      total,
      rate,
      etaSeconds: rate === null || rate === 0 ? null : (total - done) / rate,
      message: `Computing intervals, replicate ${done} of ${total}`,
    });
  };
}
