import type { Aggregation, PatientLevel } from '../../src-shared/contract/metrics.ts';
import { confusionAt, decisionMetrics } from './confusion.ts';
import type { IntervalMethod } from './confusion.ts';
import { aucWithDelong } from './delong.ts';
import { countPositives, numberPatients } from './table.ts';
import type { PredictionTable } from './table.ts';

export interface PatientTable {
  table: PredictionTable;
  /** Patients that have images of both classes; they count as positive. */
  mixedPatients: number;
}

/** One row per patient: probability by `aggregation`, positive where at least one image is. Needs `table.patients`. */
export function aggregatePatients(table: PredictionTable, aggregation: Aggregation): PatientTable {
  if (table.patients === null) throw new RangeError('Patient-level figures need the patient of every image.');
  const { index, count } = numberPatients(table.patients);
  const scores: number[][] = Array.from({ length: count }, () => []);
  const positiveImages = new Uint32Array(count);
  const names: string[] = Array.from({ length: count }, () => '');
  index.forEach((patient, image) => {
    scores[patient]!.push(table.probabilities[image]!);
    positiveImages[patient]! += table.labels[image]!;
    names[patient] = table.patients![image]!;
  });
  const mixedPatients = scores.filter(
    (own, patient) => positiveImages[patient]! > 0 && positiveImages[patient]! < own.length,
  ).length;
  return {
    table: {
      labels: Uint8Array.from(positiveImages, (images) => (images > 0 ? 1 : 0)),
      probabilities: Float64Array.from(scores, (own) => aggregate(own, aggregation)),
      patients: names,
    },
    mixedPatients,
  };
}

/** One probability from those of a patient's images; with fewer than k images `top-k-mean` is the mean of all. */
export function aggregate(scores: readonly number[], aggregation: Aggregation): number {
  if (aggregation === 'max') return scores.reduce((highest, score) => Math.max(highest, score), 0);
  const descending = [...scores].sort((first, second) => second - first);
  if (aggregation === 'mean') return mean(descending);
  return mean(descending.slice(0, Number(aggregation.slice('top-'.length, -'-mean'.length))));
}

/** Rounded to 1e-12, so that two patients with equal means are a tie and not told apart by the rounding of their sums. */
function mean(values: readonly number[]): number {
  const exact = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.min(1, Math.round(exact * 1e12) / 1e12);
}

/** The decision figures and AUC with patients as the unit, at the image-level threshold. */
export function patientLevelMetrics(
  patients: PredictionTable,
  aggregation: Aggregation,
  threshold: number,
  method: IntervalMethod,
): PatientLevel {
  const positive = countPositives(patients.labels);
  const confusion = confusionAt(patients, threshold);
  return {
    aggregation,
    threshold,
    n: { patients: patients.labels.length, positive, negative: patients.labels.length - positive },
    confusion,
    ...decisionMetrics(confusion, method),
    auc: aucWithDelong(patients).auc,
  };
}
