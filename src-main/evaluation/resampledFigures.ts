import { numberPatients } from './table.ts';
import type { PredictionTable } from './table.ts';
import { orderByScore } from './thresholdCounts.ts';

/** Images by descending score, with the unit that a replicate of the bootstrap draws. */
export interface SortedColumns {
  unitCount: number;
  /** Unit of each image: its patient's number, or its own rank. */
  unit: Uint32Array;
  label: Uint8Array;
  /** 1 on the last image of each run of equal scores. */
  endsTie: Uint8Array;
  /** Images before this rank are called positive. */
  calledPositive: number;
  /** Negative images of each unit. */
  negativesOfUnit: Uint32Array;
}

export function sortColumns(table: PredictionTable, by: 'patient' | 'image', threshold: number): SortedColumns {
  const order = orderByScore(table.probabilities);
  const score = (rank: number): number => table.probabilities[order[rank]!]!;
  let calledPositive = 0;
  while (calledPositive < order.length && score(calledPositive) >= threshold) calledPositive += 1;
  const { unit, unitCount } =
    by === 'patient' ? unitsOfPatients(table, order) : { unit: ranks(order.length), unitCount: order.length };
  const label = Uint8Array.from(order, (image) => table.labels[image]!);
  const negativesOfUnit = new Uint32Array(unitCount);
  label.forEach((own, rank) => (negativesOfUnit[unit[rank]!]! += 1 - own));
  return {
    unitCount,
    unit,
    label,
    endsTie: Uint8Array.from(order, (_image, rank) => (score(rank) === score(rank + 1) ? 0 : 1)),
    calledPositive,
    negativesOfUnit,
  };
}

function ranks(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_unused, rank) => rank);
}

function unitsOfPatients({ patients }: PredictionTable, order: Uint32Array): { unit: Uint32Array; unitCount: number } {
  if (patients === null) throw new RangeError('A clustered bootstrap needs the patient of every image.');
  // Numbered by name, so that the order of the images does not change what a seed draws.
  const { index, count } = numberPatients(patients, [...new Set(patients)].sort());
  return { unit: order.map((image) => index[image]!), unitCount: count };
}

export interface ReplicateFigures {
  auc: number | null;
  sensitivity: number | null;
  specificity: number | null;
  accuracy: number | null;
}

/**
 * The figures of one replicate, in which every unit counts `multiplicity` times. Into `curve` goes the sensitivity at the false-positive
 * rates of `grid` (ascending), on straight lines between the points of the empirical curve; at a vertical step its upper end.
 */
export function replicateFigures(
  columns: SortedColumns,
  multiplicity: Uint32Array,
  grid: readonly number[],
  curve: Float64Array,
): ReplicateFigures {
  const { unit, label, endsTie, calledPositive } = columns;
  const allNegatives = grid.length === 0 ? 0 : weightedNegatives(columns, multiplicity);
  let next = 0;
  let target = grid.length === 0 ? Infinity : grid[0]! * allNegatives;
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
    const weight = multiplicity[unit[rank]!]!;
    if (label[rank] === 1) tiedPositives += weight;
    else tiedNegatives += weight;
    if (endsTie[rank] === 0) continue;
    while (target < negatives + tiedNegatives) {
      curve[next] = positives + (tiedPositives * (target - negatives)) / tiedNegatives;
      next += 1;
      target = next < grid.length ? grid[next]! * allNegatives : Infinity;
    }
    // Pairs in which the positive image scores higher, ties counting ½
    concordance += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    tiedPositives = 0;
    tiedNegatives = 0;
  }
  if (calledPositive === label.length) [truePositives, falsePositives] = [positives, negatives];
  for (; next < grid.length; next += 1) curve[next] = positives;
  for (let place = 0; place < grid.length; place += 1) curve[place]! /= positives;
  const trueNegatives = negatives - falsePositives;
  return {
    auc: positives > 0 && negatives > 0 ? concordance / positives / negatives : null,
    sensitivity: positives > 0 ? truePositives / positives : null,
    specificity: negatives > 0 ? trueNegatives / negatives : null,
    accuracy: positives + negatives > 0 ? (truePositives + trueNegatives) / (positives + negatives) : null,
  };
}

function weightedNegatives({ negativesOfUnit }: SortedColumns, multiplicity: Uint32Array): number {
  let sum = 0;
  for (let unit = 0; unit < multiplicity.length; unit += 1) sum += multiplicity[unit]! * negativesOfUnit[unit]!;
  return sum;
}
