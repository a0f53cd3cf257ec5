import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import { createRandom } from '../../src-shared/domain/random.ts';
import { numberPatients } from './table.ts';
import type { PredictionTable } from './table.ts';
import { orderByScore } from './thresholdCounts.ts';

export interface BootstrapOptions {
  threshold: number;
  /** At least 2,000 for an interval that is reported. */
  replicates: number;
  seed: number;
}

export type ClusteredIntervals = NonNullable<MetricsDocument['clustered']>;

const figures = ['auc', 'sensitivity', 'specificity', 'accuracy'] as const;
type Figure = (typeof figures)[number];

export interface BootstrapResult {
  intervals: ClusteredIntervals;
  /** Replicates in which a figure had no value because a class was not drawn; they are left out of its percentiles. */
  undefinedReplicates: Record<Figure, number>;
}

/**
 * Patient-clustered bootstrap: patients are drawn with replacement, each with all its images; percentile 95 % intervals.
 * Images are sorted once; a replicate is a pass over them with the patients' multiplicities as weights, so that
 * 100,000 images × 2,000 replicates take seconds. Needs `table.patients`.
 */
export function clusteredBootstrap(table: PredictionTable, options: BootstrapOptions): BootstrapResult {
  if (table.patients === null) throw new RangeError('A clustered bootstrap needs the patient of every image.');
  const columns = sortedColumns(table, table.patients, options.threshold);
  const random = createRandom(options.seed);
  const multiplicity = new Uint32Array(columns.patientCount);
  const samples: Record<Figure, number[]> = { auc: [], sensitivity: [], specificity: [], accuracy: [] };
  for (let replicate = 0; replicate < options.replicates; replicate += 1) {
    multiplicity.fill(0);
    for (let draw = 0; draw < columns.patientCount; draw += 1) {
      const patient = random.below(columns.patientCount);
      multiplicity[patient]! += 1;
    }
    const values = replicateFigures(columns, multiplicity);
    for (const figure of figures) if (values[figure] !== null) samples[figure].push(values[figure]);
  }
  const bounds = (figure: Figure) => percentileBounds(samples[figure]);
  return {
    intervals: {
      unit: 'patient',
      replicates: options.replicates,
      seed: options.seed,
      auc: bounds('auc'),
      sensitivity: bounds('sensitivity'),
      specificity: bounds('specificity'),
      accuracy: bounds('accuracy'),
    },
    undefinedReplicates: {
      auc: options.replicates - samples.auc.length,
      sensitivity: options.replicates - samples.sensitivity.length,
      specificity: options.replicates - samples.specificity.length,
      accuracy: options.replicates - samples.accuracy.length,
    },
  };
}

interface SortedColumns {
  patientCount: number;
  /** Per image, by descending score. */
  patient: Uint32Array;
  label: Uint8Array;
  /** 1 on the last image of each run of equal scores. */
  endsTie: Uint8Array;
  /** Images before this rank are called positive. */
  calledPositive: number;
}

function sortedColumns(table: PredictionTable, patients: readonly string[], threshold: number): SortedColumns {
  // Numbered by name, so that the order of the images does not change what a seed draws.
  const { index, count } = numberPatients(patients, [...new Set(patients)].sort());
  const order = orderByScore(table.probabilities);
  const score = (rank: number): number => table.probabilities[order[rank]!]!;
  let calledPositive = 0;
  while (calledPositive < order.length && score(calledPositive) >= threshold) calledPositive += 1;
  return {
    patientCount: count,
    patient: order.map((image) => index[image]!),
    label: Uint8Array.from(order, (image) => table.labels[image]!),
    endsTie: Uint8Array.from(order, (_image, rank) => (score(rank) === score(rank + 1) ? 0 : 1)),
    calledPositive,
  };
}

function replicateFigures(columns: SortedColumns, multiplicity: Uint32Array): Record<Figure, number | null> {
  const { patient, label, endsTie, calledPositive } = columns;
  let positives = 0;
  let negatives = 0;
  let tiedPositives = 0;
  let tiedNegatives = 0;
  let concordance = 0;
  let truePositives = 0;
  let falsePositives = 0;
  for (let rank = 0; rank < label.length; rank += 1) {
    if (rank === calledPositive) {
      truePositives = positives + tiedPositives;
      falsePositives = negatives + tiedNegatives;
    }
    const weight = multiplicity[patient[rank]!]!;
    if (label[rank] === 1) tiedPositives += weight;
    else tiedNegatives += weight;
    if (endsTie[rank] === 0) continue;
    // Pairs in which the positive image scores higher, ties counting ½
    concordance += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    tiedPositives = 0;
    tiedNegatives = 0;
  }
  if (calledPositive === label.length) [truePositives, falsePositives] = [positives, negatives];
  const trueNegatives = negatives - falsePositives;
  return {
    auc: positives > 0 && negatives > 0 ? concordance / positives / negatives : null,
    sensitivity: positives > 0 ? truePositives / positives : null,
    specificity: negatives > 0 ? trueNegatives / negatives : null,
    accuracy: positives + negatives > 0 ? (truePositives + trueNegatives) / (positives + negatives) : null,
  };
}

/** 2.5 % and 97.5 % quantiles with linear interpolation (Hyndman & Fan type 7); null without samples. */
export function percentileBounds(samples: readonly number[]): { low: number | null; high: number | null } {
  if (samples.length === 0) return { low: null, high: null };
  const sorted = Float64Array.from(samples).sort();
  const quantile = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
  };
  return { low: quantile(0.025), high: quantile(0.975) };
}
