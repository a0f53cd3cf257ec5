import type {
  Aggregation,
  MetricsDocument,
  MulticlassDocument,
  OperatingPoint,
} from '../../src-shared/contract/metrics.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { bootstrap, type BootstrapResult } from './bootstrap.ts';
import { brierScore, calibrationBins, expectedCalibrationError, fitCalibration } from './calibration.ts';
import { clusteredLogitIntervals } from './clusteredLogit.ts';
import { confusionAt, decisionMetrics, f1Score, matthewsCorrelation } from './confusion.ts';
import type { IntervalMethod } from './confusion.ts';
import { aucWithDelong, logitInterval } from './delong.ts';
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
  /** With the band of the ROC curve, which takes a bootstrap; true unless said otherwise. */
  band?: boolean;
  /** Replicates of the bootstrap done. */
  onProgress?: (done: number, total: number) => void;
  /** Figures of all classes where there are more than two. */
  multiclass?: MulticlassDocument | null;
}

export const defaultReplicates = 2000;
export const defaultBootstrapSeed = 1;
/** A band alone, of so many images, is narrow and smooth: fewer replicates show it as well. */
const manyImages = 20_000;
const replicatesOfMany = 400;

/** The metrics document of one run on one set of images. O(n log n), with a bootstrap O(n · replicates). */
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
  const resampled = resample(table, options, patients?.clustered === true);

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
    aucLogit: logitInterval(auc.value, variance),
    ece: { value: expectedCalibrationError(bins), bins: 10 },
    calibration: {
      slope: calibration.kind === 'fitted' ? calibration.slope : null,
      intercept: calibration.kind === 'fitted' ? calibration.intercept : null,
      bins,
    },
    clustered: patients?.clustered === true ? clusteredIntervals(resampled, options) : null,
    clusteredLogit: patients?.clustered === true ? clusteredLogitIntervals(table, threshold) : null,
    patientLevel: patients?.level ?? null,
    roc: rocCurve(counts),
    rocBand: resampled?.band ?? null,
    pr: precisionRecallCurve(counts),
    multiclass: options.multiclass ?? null,
  };
  const warnings = metricsWarnings({
    document,
    aucVariance: variance,
    calibration,
    bootstrap: patients?.clustered === true ? resampled : null,
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
  return {
    count,
    byClass: { positive, negative: count - positive, mixed: aggregated.mixedPatients, most },
    level: most > 1 ? patientLevelMetrics(aggregated.table, aggregation, threshold, interval) : null,
    clustered: wanted === 'patient' || (wanted === 'auto' && most > 1),
  };
}

/** One bootstrap for everything that needs it: clustered intervals and the band of the ROC curve. Null where nothing does. */
function resample(table: PredictionTable, options: MetricsOptions, clustered: boolean): BootstrapResult | null {
  const band = options.band ?? true;
  if (!clustered && !band) return null;
  const few = !clustered && table.labels.length > manyImages;
  return bootstrap(table, {
    unit: clustered ? 'patient' : 'image',
    threshold: options.operatingPoint.threshold,
    replicates: options.replicates ?? (few ? replicatesOfMany : defaultReplicates),
    seed: options.seed ?? defaultBootstrapSeed,
    band,
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
}

function clusteredIntervals(result: BootstrapResult | null, options: MetricsOptions): MetricsDocument['clustered'] {
  if (result === null) return null;
  return {
    unit: 'patient',
    replicates: options.replicates ?? defaultReplicates,
    seed: options.seed ?? defaultBootstrapSeed,
    ...result.intervals,
  };
}
