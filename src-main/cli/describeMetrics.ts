import type { Interval, MetricsDocument } from '../../src-shared/contract/metrics.ts';

/** The metrics document in words, for a terminal. */
export function describeMetrics(metrics: MetricsDocument): string {
  const { n, confusion, operatingPoint } = metrics;
  const patients = n.patients === null ? '' : ` of ${n.patients} patients`;
  const rows: [string, Interval][] = [
    ['AUC', metrics.auc],
    ['Sensitivity', metrics.sensitivity],
    ['Specificity', metrics.specificity],
    ['PPV', metrics.ppv],
    ['NPV', metrics.npv],
    ['Accuracy', metrics.accuracy],
  ];
  return [
    `${metrics.set ?? 'Table'}: ${n.images} images${patients}, ${n.positive} ${metrics.positiveClass}, ${n.negative} not`,
    `Operating point ${operatingPoint.threshold.toFixed(4)} (${operatingPoint.rule}${operatingPoint.chosenOn === 'validation' ? ', chosen on validation' : ''})`,
    ...rows.map(
      ([name, interval]) =>
        `  ${name.padEnd(12)} ${interval.value === null ? '–' : `${interval.value.toFixed(3)} [${interval.low?.toFixed(3) ?? '–'}, ${interval.high?.toFixed(3) ?? '–'}]`}`,
    ),
    `  TP ${confusion.tp}  FP ${confusion.fp}  FN ${confusion.fn}  TN ${confusion.tn}`,
    ...metrics.warnings.map((warning) => `Note: ${warning}`),
  ].join('\n');
}
