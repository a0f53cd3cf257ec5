import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import { imageName } from '../../src-shared/domain/imageName.ts';
import { standingOf, tableFromRows } from '../evaluation/index.ts';
import type { PredictionTable, SubgroupRow } from '../evaluation/index.ts';
import type { ReportPredictionRow } from './model.ts';
import type { ReportPrediction } from './ports.ts';

/** Columns for the metrics from predictions of one run and set. */
export function tableOfPredictions(predictions: readonly ReportPrediction[], positiveClass: string): PredictionTable {
  return tableFromRows(
    predictions.map(({ label, probability, patient }) => ({
      label: label === positiveClass ? 1 : 0,
      probability,
      patient,
    })),
  );
}

/** Rows for the figures of subgroups. */
export function subgroupTable(predictions: readonly ReportPrediction[], positiveClass: string): SubgroupRow[] {
  return predictions.map(({ label, probability, attributes = {} }) => ({
    label: label === positiveClass ? 1 : 0,
    probability,
    attributes,
  }));
}

/** Appendix rows of one set: each image with its decision at the document's operating point. */
export function predictionRows(
  predictions: readonly ReportPrediction[],
  document: MetricsDocument,
  classes: readonly string[],
): ReportPredictionRow[] {
  const { positiveClass } = document;
  const { threshold } = document.operatingPoint;
  const others = classes.filter((name) => name !== positiveClass);
  const negative = others.length === 1 ? others[0]! : `not ${positiveClass}`;
  return predictions.map((prediction) => {
    const called = prediction.probability >= threshold;
    const positive = prediction.label === positiveClass;
    return {
      id: imageName(prediction.imageId),
      patient: prediction.patient,
      pixelSha256: prediction.pixelSha256,
      set: prediction.set,
      label: prediction.label,
      probability: prediction.probability,
      probabilities: classes.length > 2 ? (prediction.probabilities ?? null) : null,
      threshold,
      decision: called ? positiveClass : negative,
      outcome: positive ? (called ? 'tp' : 'fn') : called ? 'fp' : 'tn',
      review: standingOf(prediction.answer ?? null, { calledPositive: called }),
      reviewNote: prediction.reviewNote ?? '',
      dicom: prediction.dicom ?? null,
    };
  });
}
