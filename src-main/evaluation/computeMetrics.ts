import type { Aggregation, MetricsDocument, OperatingPoint } from '../../src-shared/contract/metrics.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { brierScore, calibrationBins, expectedCalibrationError, fitCalibration } from './calibration.ts';
import { clusteredBootstrap } from './clusteredBootstrap.ts';
import { confusionAt, decisionMetrics, f1Score, matthewsCorrelation } from './confusion.ts';
import type { IntervalMethod } from './confusion.ts';
import { aucWithDelong } from './delong.ts';
import { aggregatePatients, patientLevelMetrics } from './patientLevel.ts';
import { averagePrecision, precisionRecallCurve } from './precisionRecall.ts';
import { rocCurve } from './roc.ts';
import { assertTable, countPositives, numberPatients } from './table.ts';
import type { PredictionTable } from './table.ts';
import { countAtThresholds } from './thresholdCounts.ts';
import { metricsWarnings } from './warnings.ts';

export interface MetricsOptions {
  set: SetName | null;
  positiveClass: string;
  /** Chosen before (chooseThreshold) and only applied here. */
  operatingPoint: OperatingPoint;
  /** Interval of proportions: Wilson unless `exact`. */
  interval?: IntervalMethod;
  /** `auto`: where a patient has several images; `patient`: wherever patients are known; `none`: never. */
  cluster?: 'auto' | 'patient' | 'none';
  replicates?: number;
  seed?: number;
  aggregation?: Aggregation;
}

export const defaultReplicates = 2000;
export const defaultBootstrapSeed = 1;

/** The metrics document of one run on one set of images. O(n log n) and, with patients, O(n · replicates). */
export function computeMetrics(table: PredictionTable, options: MetricsOptions): MetricsDocument {
  assertTable(table);
  const interval = options.interval ?? 'wilson';
  const { threshold } = options.operatingPoint;
  const counts = countAtThresholds(table);
  const confusion = confusionAt(table, threshold);
  const { auc, variance } = aucWithDelong(table);
  const bins = calibrationBins(table);
  const calibration = fitCalibration(table);
  const patients = patientFigures(table, options, interval);

  const document: Omit<MetricsDocument, 'warnings'> = {
    set: options.set,
    positiveClass: options.positiveClass,
    n: {
      images: table.labels.length,
      patients: patients?.count ?? null,
      positive: counts.positives,
      negative: counts.negatives,
    },
    operatingPoint: options.operatingPoint,
    confusion,
    ...decisionMetrics(confusion, interval),
    f1: f1Score(confusion),
    mcc: matthewsCorrelation(confusion),
    averagePrecision: averagePrecision(counts),
    brier: brierScore(table),
    auc,
    ece: { value: expectedCalibrationError(bins), bins: 10 },
    calibration: {
      slope: calibration.kind === 'fitted' ? calibration.slope : null,
      intercept: calibration.kind === 'fitted' ? calibration.intercept : null,
      bins,
    },
    clustered: patients?.bootstrap?.intervals ?? null,
    patientLevel: patients?.level ?? null,
    roc: rocCurve(counts),
    pr: precisionRecallCurve(counts),
  };
  const warnings = metricsWarnings({
    document,
    aucVariance: variance,
    calibration,
    bootstrap: patients?.bootstrap ?? null,
    patients: patients?.byClass ?? null,
  });
  return { ...document, warnings };
}

/** Everything that needs patients; null where they are not known. */
function patientFigures(table: PredictionTable, options: MetricsOptions, interval: IntervalMethod) {
  if (table.patients === null) return null;
  const { index, count } = numberPatients(table.patients);
  const images = new Uint32Array(count);
  for (const patient of index) images[patient]! += 1;
  const most = images.reduce((highest, own) => Math.max(highest, own), 0);

  const { threshold } = options.operatingPoint;
  const aggregation = options.aggregation ?? 'mean';
  const aggregated = aggregatePatients(table, aggregation);
  const positive = countPositives(aggregated.table.labels);
  const wanted = options.cluster ?? 'auto';
  const clustered = wanted === 'patient' || (wanted === 'auto' && most > 1);
  return {
    count,
    byClass: { positive, negative: count - positive, mixed: aggregated.mixedPatients, most },
    level: most > 1 ? patientLevelMetrics(aggregated.table, aggregation, threshold, interval) : null,
    bootstrap: clustered
      ? clusteredBootstrap(table, {
          threshold,
          replicates: options.replicates ?? defaultReplicates,
          seed: options.seed ?? defaultBootstrapSeed,
        })
      : null,
  };
}
