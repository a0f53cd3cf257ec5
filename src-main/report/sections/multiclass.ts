import type { MetricsDocument } from '../../../src-shared/contract/metrics.ts';
import { formatCount, formatInterval, formatNumber } from '../../../src-shared/domain/format.ts';
import { shownAuc } from '../../../src-shared/domain/shownIntervals.ts';
import type { Block } from '../blocks.ts';

/** More than two classes: the whole confusion matrix, each class against the rest, macro averages. */
export function multiclassBlocks({ multiclass }: MetricsDocument): Block[] {
  if (multiclass === null) return [];
  const { classes, confusion, perClass, macro } = multiclass;
  return [
    {
      kind: 'table',
      table: {
        caption: `All classes, the one with the highest probability being the decision: accuracy ${formatInterval(multiclass.accuracy)}. Macro averages: AUC ${formatNumber(macro.auc)}, sensitivity ${formatNumber(macro.sensitivity)}, specificity ${formatNumber(macro.specificity)}, positive predictive value ${formatNumber(macro.ppv)}, F1 ${formatNumber(macro.f1)}, average precision ${formatNumber(macro.averagePrecision)}.`,
        columns: [
          { title: 'Reference', wide: true },
          ...classes.map((name) => ({ title: `Called ${name}`, align: 'right' as const })),
          { title: 'n', align: 'right' },
          { title: 'AUC against the rest' },
          { title: 'Sensitivity' },
          { title: 'Specificity' },
        ],
        rows: perClass.map((one, place) => [
          one.class,
          ...(confusion[place] ?? []).map(formatCount),
          formatCount(multiclass.n.perClass[place] ?? 0),
          formatInterval(
            shownAuc(
              one.auc,
              Math.min(multiclass.n.perClass[place] ?? 0, multiclass.n.images - (multiclass.n.perClass[place] ?? 0)),
            ),
          ),
          formatInterval(one.sensitivity),
          formatInterval(one.specificity),
        ]),
      },
    },
    {
      kind: 'table',
      table: {
        caption: 'Each class against the rest, further figures.',
        columns: [
          { title: 'Class', wide: true },
          { title: 'Positive predictive value' },
          { title: 'Negative predictive value' },
          { title: 'Accuracy' },
          { title: 'F1', align: 'right' },
          { title: 'Average precision', align: 'right' },
        ],
        rows: perClass.map((one) => [
          one.class,
          formatInterval(one.ppv),
          formatInterval(one.npv),
          formatInterval(one.accuracy),
          formatNumber(one.f1, 3),
          formatNumber(one.averagePrecision, 3),
        ]),
      },
    },
    ...(multiclass.warnings.length > 0 ? [{ kind: 'list' as const, items: multiclass.warnings }] : []),
  ];
}
