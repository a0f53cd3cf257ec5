import { formatNumber, formatQuantity } from '../../../src-shared/domain/format.ts';
import type { Block } from '../blocks.ts';
import type { ReportModel, ReportRepeats } from '../model.ts';

const figures = ['accuracy', 'auc', 'sensitivity', 'specificity'] as const;

/** Trainings of one configuration over seeds or folds: each run's best epoch on validation, their mean, standard deviation and range. */
export function repeatsBlocks({ repeats }: ReportModel): Block[] {
  return repeats.flatMap((group) => [
    { kind: 'subheading', text: `Group ${group.number}: one configuration over ${group.kind}` },
    ...(group.kind === 'folds'
      ? [
          {
            kind: 'paragraph' as const,
            text: `Each of ${formatQuantity(group.runs.length, 'fold')} was the validation set of one run, the others its training set; the test set had no part in it.`,
          },
        ]
      : []),
    { kind: 'table', table: spreadTable(group) },
  ]);
}

function spreadTable({ kind, runs, figures: spreads }: ReportRepeats) {
  const ended = runs.filter(({ validation }) => validation !== null).length;
  const ofSpread = (name: string, of: 'mean' | 'deviation' | 'low' | 'high') => [
    name,
    '',
    ...figures.map((figure) => formatNumber(spreads[figure]?.[of], 3)),
  ];
  return {
    caption: `Best epochs on validation of ${ended} of ${formatQuantity(runs.length, 'run')}, as recorded in training: accuracy of the most probable class, sensitivity and specificity at 0.5.`,
    columns: [
      { title: 'Run', wide: true },
      { title: kind === 'folds' ? 'Fold' : 'Seed', align: 'right' as const },
      { title: 'Accuracy', align: 'right' as const },
      { title: 'AUC', align: 'right' as const },
      { title: 'Sensitivity', align: 'right' as const },
      { title: 'Specificity', align: 'right' as const },
    ],
    rows: [
      ...runs.map(({ run, seed, fold, validation }) => [
        run.replace(/^run-/, 'Run '),
        String(fold ?? seed),
        ...figures.map((figure) => formatNumber(validation?.[figure], 3)),
      ]),
      ofSpread('Mean', 'mean'),
      ofSpread('Standard deviation', 'deviation'),
      ofSpread('Least', 'low'),
      ofSpread('Most', 'high'),
    ],
  };
}
