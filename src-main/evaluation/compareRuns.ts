import type { ComparisonDocument, PairedComparison } from '../../src-shared/contract/metrics.ts';
import { computeMetrics } from './computeMetrics.ts';
import type { MetricsOptions } from './computeMetrics.ts';
import { holm } from './holm.ts';
import { mcnemarExact } from './mcnemar.ts';
import { pairedDelong } from './pairedDelong.ts';
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
export function compareRuns(runs: readonly ComparedRun[]): ComparisonResult {
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
  if (base.table.patients !== null && new Set(base.table.patients).size < base.table.labels.length) {
    warnings.push(
      'Patients have several images: the paired tests take images as independent, so their p values are too small.',
    );
  }
  return {
    kind: 'compared',
    document: {
      set: base.options.set,
      positiveClass: base.options.positiveClass,
      runs: runs.map((run) => ({ name: run.name, metrics: computeMetrics(run.table, run.options) })),
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
    auc: { ...pairedDelong(labels, first.table.probabilities, second.table.probabilities), pAdjusted: null },
    decisions: { ...mcnemarExact(firstRight, secondRight), pAdjusted: null, method: 'mcnemar-exact' },
    sensitivity: among(1),
    specificity: among(0),
  };
}

function rightDecisions({ table, options }: ComparedRun): boolean[] {
  return Array.from(
    table.probabilities,
    (probability, image) => probability >= options.operatingPoint.threshold === (table.labels[image] === 1),
  );
}

function adjust(pairs: PairedComparison[]): void {
  const aucs = holm(pairs.map((pair) => pair.auc.pValue));
  const decisions = holm(pairs.map((pair) => pair.decisions.pValue));
  pairs.forEach((pair, place) => {
    pair.auc.pAdjusted = aucs[place] ?? null;
    pair.decisions.pAdjusted = decisions[place] ?? null;
  });
}
