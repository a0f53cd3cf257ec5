import type { ComparisonDocument, PairedComparison } from '../../src-shared/contract/metrics.ts';
import { computeMetrics } from './computeMetrics.ts';
import type { MetricsOptions } from './computeMetrics.ts';
import { holm } from './holm.ts';
import { mcnemarExact } from './mcnemar.ts';
import { pairedDelong } from './pairedDelong.ts';
import { aggregatePatients } from './patientLevel.ts';
import type { PredictionTable } from './table.ts';

/** One run's predictions; every run has its own frozen threshold. */
export interface ComparedRun {
  name: string;
  table: PredictionTable;
  options: MetricsOptions;
}

export type ComparisonResult =
  | { kind: 'compared'; document: ComparisonDocument }
  /** The tables are not of the same images; `reason` says where they differ. */
  | { kind: 'refused'; reason: string };

/**
 * Two or more runs on the same images, row by row: paired DeLong for the AUCs, exact McNemar for the decisions, Holm's
 * correction from three runs on.
 */
export function compareRuns(
  runs: readonly ComparedRun[],
  onProgress?: (done: number, total: number) => void,
): ComparisonResult {
  const [base] = runs;
  if (base === undefined || runs.length < 2)
    return { kind: 'refused', reason: 'A comparison needs at least two runs.' };
  for (const run of runs) {
    const reason = differenceOfImages(base, run);
    if (reason !== null) return { kind: 'refused', reason };
  }
  const pairs = runs.flatMap((first, place) =>
    runs.slice(place + 1).map((second, offset) => comparePair(first, second, place, place + 1 + offset)),
  );
  if (runs.length > 2) adjust(pairs);
  const warnings: string[] = [];
  if (severalImages(base.table)) {
    warnings.push(
      'Patients have several images: the paired tests at image level take images as independent, so their p values are too small; read those at patient level.',
    );
  }
  return {
    kind: 'compared',
    document: {
      set: base.options.set,
      positiveClass: base.options.positiveClass,
      runs: runs.map((run, place) => {
        const progress = (done: number, total: number) => onProgress?.(place * total + done, runs.length * total);
        return { name: run.name, metrics: computeMetrics(run.table, { ...run.options, onProgress: progress }) };
      }),
      pairs,
      warnings,
    },
  };
}

function differenceOfImages(base: ComparedRun, other: ComparedRun): string | null {
  const [expected, found] = [base.table.labels, other.table.labels];
  if (expected.length !== found.length) {
    return `“${base.name}” has ${expected.length} images, “${other.name}” has ${found.length}; a paired comparison needs the same images.`;
  }
  const differing = found.findIndex((label, image) => label !== expected[image]);
  if (differing >= 0) {
    return `Image ${differing + 1} has another label in “${other.name}” than in “${base.name}”; a paired comparison needs the same images in the same order.`;
  }
  return null;
}

function severalImages({ patients, labels }: PredictionTable): boolean {
  return patients !== null && new Set(patients).size < labels.length;
}

function comparePair(
  first: ComparedRun,
  second: ComparedRun,
  firstPlace: number,
  secondPlace: number,
): PairedComparison {
  const { labels } = first.table;
  const firstRight = rightDecisions(first);
  const secondRight = rightDecisions(second);
  const among = (label: number) =>
    mcnemarExact(
      firstRight.filter((_right, image) => labels[image] === label),
      secondRight.filter((_right, image) => labels[image] === label),
    );
  return {
    first: firstPlace,
    second: secondPlace,
    ...pairOf(first, second),
    sensitivity: among(1),
    specificity: among(0),
    patientLevel: patientPair(first, second),
  };
}

/** Paired DeLong and McNemar of two tables whose rows belong together. */
function pairOf(first: ComparedRun, second: ComparedRun): Pick<PairedComparison, 'auc' | 'decisions'> {
  const auc = pairedDelong(first.table.labels, first.table.probabilities, second.table.probabilities);
  const decisions = mcnemarExact(rightDecisions(first), rightDecisions(second));
  return {
    auc: { ...auc, pAdjusted: null },
    decisions: { ...decisions, pAdjusted: null, method: 'mcnemar-exact' },
  };
}

/** One probability per patient: those may be taken as independent. Null where no patient has several images. */
function patientPair(first: ComparedRun, second: ComparedRun): PairedComparison['patientLevel'] {
  if (!severalImages(first.table) || second.table.patients === null) return null;
  const aggregation = first.options.aggregation ?? 'mean';
  // In the order in which the first table names the patients, which both tables share.
  const ofPatients = (run: ComparedRun): ComparedRun => ({
    ...run,
    table: aggregatePatients({ ...run.table, patients: first.table.patients }, aggregation).table,
  });
  return { aggregation, ...pairOf(ofPatients(first), ofPatients(second)) };
}

function rightDecisions({ table, options }: ComparedRun): boolean[] {
  return Array.from(
    table.probabilities,
    (probability, image) => probability >= options.operatingPoint.threshold === (table.labels[image] === 1),
  );
}

/** Holm over all pairs, for each test and level by itself. */
function adjust(pairs: PairedComparison[]): void {
  const families = [
    pairs.map((pair) => pair.auc),
    pairs.map((pair) => pair.decisions),
    pairs.flatMap((pair) => pair.patientLevel?.auc ?? []),
    pairs.flatMap((pair) => pair.patientLevel?.decisions ?? []),
  ];
  for (const family of families) {
    const adjusted = holm(family.map((test) => test.pValue));
    family.forEach((test, place) => (test.pAdjusted = adjusted[place] ?? null));
  }
}
