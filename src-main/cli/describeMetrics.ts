import type {
  ComparisonDocument,
  Interval,
  MetricsDocument,
  MulticlassDocument,
} from '../../src-shared/contract/metrics.ts';
import { formatBounds, formatInterval, formatNumber, formatPValue } from '../../src-shared/domain/format.ts';
import { intervalWords, shownAuc, shownClustered, shownInterval } from '../../src-shared/domain/shownIntervals.ts';

type Decisions = Pick<
  MetricsDocument,
  'auc' | 'sensitivity' | 'specificity' | 'ppv' | 'npv' | 'accuracy' | 'confusion'
> & { n: { positive: number; negative: number } };

/** The metrics document in words, for a terminal. */
export function describeMetrics(metrics: MetricsDocument): string {
  const { n, operatingPoint, clustered, patientLevel } = metrics;
  const patients = n.patients === null ? '' : ` of ${n.patients} patients`;
  return [
    `${metrics.set ?? 'Table'}: ${n.images} images${patients}, ${n.positive} ${metrics.positiveClass === '1' ? 'positive' : metrics.positiveClass}, ${n.negative} not`,
    `Operating point ${operatingPoint.threshold.toFixed(4)} (${operatingPoint.rule}${operatingPoint.chosenOn === 'validation' ? ', chosen on validation' : ''})`,
    ...decisionLines(metrics),
    ...(clustered === null
      ? []
      : [
          `Clustered by patient (bootstrap, ${clustered.replicates} replicates, seed ${clustered.seed})`,
          ...(['auc', 'sensitivity', 'specificity', 'accuracy'] as const).map((name) => {
            const shown = shownClustered(metrics, name);
            const better =
              shown?.method === 'clustered-logit'
                ? `  few patients: rather ${formatBounds(shown, 3)}, ${intervalWords[shown.method]}`
                : '';
            return `  ${name.padEnd(12)} ${formatBounds(clustered[name], 3)}${better}`;
          }),
        ]),
    ...(patientLevel === null
      ? []
      : [
          `Per patient (${patientLevel.aggregation} of the images), ${patientLevel.n.patients} patients`,
          ...decisionLines(patientLevel),
        ]),
    ...metrics.warnings.map((warning) => `Note: ${warning}`),
  ].join('\n');
}

function decisionLines(decisions: Decisions): string[] {
  const { tp, fp, fn, tn } = decisions.confusion;
  const { positive, negative } = decisions.n;
  const auc = shownAuc(decisions.auc, Math.min(positive, negative));
  const plain = auc.method === 'delong-logit' ? ` on the logit scale; DeLong ${formatBounds(decisions.auc, 3)}` : '';
  const rows: [string, Interval][] = [
    ['Sensitivity', decisions.sensitivity],
    ['Specificity', decisions.specificity],
    ['PPV', decisions.ppv],
    ['NPV', decisions.npv],
    ['Accuracy', decisions.accuracy],
  ];
  return [
    `  ${'AUC'.padEnd(12)} ${formatInterval(auc, 3)}${plain}`,
    ...rows.map(([name, interval]) => `  ${name.padEnd(12)} ${formatInterval(interval, 3)}`),
    `  TP ${tp}  FP ${fp}  FN ${fn}  TN ${tn}`,
  ];
}

/** Paired tests, one block per pair. */
export function describeComparison(comparison: ComparisonDocument): string {
  const name = (place: number): string => comparison.runs[place]?.name ?? '';
  const p = (test: { pValue: number | null; pAdjusted: number | null }): string =>
    `p ${formatPValue(test.pValue)}${test.pAdjusted === null ? '' : `, with Holm’s correction ${formatPValue(test.pAdjusted)}`}`;
  return [
    ...comparison.runs.map((run) => `${run.name}: AUC ${formatInterval(shownInterval(run.metrics, 'auc'), 3)}`),
    ...comparison.pairs.flatMap((pair) => [
      `${name(pair.first)} against ${name(pair.second)}`,
      `  AUC difference ${formatNumber(pair.auc.difference, 3)} ${formatBounds(pair.auc, 3)}, paired DeLong ${p(pair.auc)}`,
      `  only the first right ${pair.decisions.onlyFirstRight}, only the second ${pair.decisions.onlySecondRight}, exact McNemar ${p(pair.decisions)}`,
      ...(pair.patientLevel === null
        ? []
        : [
            `  per patient: AUC difference ${formatNumber(pair.patientLevel.auc.difference, 3)} ${formatBounds(pair.patientLevel.auc, 3)}, ${p(pair.patientLevel.auc)}; McNemar ${p(pair.patientLevel.decisions)}`,
          ]),
    ]),
    ...comparison.warnings.map((warning) => `Note: ${warning}`),
  ].join('\n');
}

/** Each class against the rest, the macro averages and the whole confusion matrix. */
export function describeMulticlass(metrics: MulticlassDocument): string {
  const { classes, confusion, macro } = metrics;
  const width = Math.max(...classes.map((name) => name.length), 9);
  const column = (text: string) => text.padStart(Math.max(width, 7));
  return [
    `${metrics.set ?? 'Table'}: ${metrics.n.images} images of ${classes.length} classes; accuracy ${formatInterval(metrics.accuracy, 3)}`,
    ...metrics.perClass.map(
      (one) =>
        `  ${one.class.padEnd(width)} AUC ${formatInterval(one.auc, 3)}  sensitivity ${formatInterval(one.sensitivity, 3)}  specificity ${formatInterval(one.specificity, 3)}`,
    ),
    `Macro averages: AUC ${formatNumber(macro.auc, 3)}, sensitivity ${formatNumber(macro.sensitivity, 3)}, specificity ${formatNumber(macro.specificity, 3)}, F1 ${formatNumber(macro.f1, 3)}`,
    `Reference in rows, decision in columns:`,
    `  ${''.padEnd(width)} ${classes.map(column).join(' ')}`,
    ...confusion.map(
      (row, place) => `  ${classes[place]!.padEnd(width)} ${row.map((count) => column(String(count))).join(' ')}`,
    ),
    ...metrics.warnings.map((warning) => `Note: ${warning}`),
  ].join('\n');
}
