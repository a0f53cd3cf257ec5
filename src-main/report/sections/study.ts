import { formatNumber, formatQuantity } from '../../../src-shared/domain/format.ts';
import type { Spread } from '../../../src-shared/domain/spread.ts';
import type { Block } from '../blocks.ts';
import type { ReportModel } from '../model.ts';

/** How the runs of a comparison study came about: the budget, what the searches chose, every seed, what was selected and how. */
export function studyBlocks({ study }: ReportModel): Block[] {
  if (study === null) return [];
  const { arms, epochs, method, number, openedAt, ranges, searchSeed, seeds, trials } = study;
  const [first] = arms;
  return [
    { kind: 'subheading', text: `Comparison study ${number}: how these runs came about` },
    {
      kind: 'list',
      items: [
        `Same snapshot and same budget for each architecture: ${method} search of ${formatQuantity(trials, 'trial')} of up to ${formatQuantity(epochs, 'epoch')}, search seed ${searchSeed}.`,
        `The trial with the best validation accuracy (then the lower validation loss) gave the configuration; it was trained with ${formatQuantity(seeds, 'seed')}.`,
        'Of these runs the one with the best validation accuracy (then the lower validation loss) was selected. The test set had no part in any choice.',
        openedAt === null
          ? 'The test set has not been opened.'
          : `The test set was opened once for all selected runs, on ${openedAt.slice(0, 10)}, after everything above.`,
      ],
    },
    {
      kind: 'table',
      table: {
        caption: 'What the searches could choose, and what they chose.',
        columns: [
          { title: 'Parameter', wide: true },
          { title: 'Range' },
          ...arms.map(({ architecture, trial }) => ({ title: `${architecture}, trial ${trial ?? '–'}` })),
        ],
        rows: ranges.map(({ parameter, range }) => [
          parameter,
          range,
          ...arms.map(({ choice }) => choice.find((one) => one.parameter === parameter)?.value ?? '–'),
        ]),
      },
    },
    {
      kind: 'table',
      table: {
        caption: `Validation figures of every seed${first && first.runs.length > 1 ? '; the last row of each architecture is mean (range)' : ''}.`,
        columns: [
          { title: 'Run', wide: true },
          { title: 'Seed', align: 'right' },
          { title: 'Accuracy', align: 'right' },
          { title: 'AUC', align: 'right' },
          { title: '' },
        ],
        rows: arms.flatMap(({ architecture, runs, accuracy, auc }) => [
          ...runs.map(({ run, seed, selected, ...figures }) => [
            `${architecture}, ${run}`,
            String(seed),
            formatNumber(figures.accuracy, 3),
            formatNumber(figures.auc, 3),
            selected ? 'selected' : '',
          ]),
          [architecture, 'all', spreadWords(accuracy), spreadWords(auc), ''],
        ]),
      },
    },
  ];
}

/** "0.84 (0.79–0.90)": mean and range, no interval. */
function spreadWords(spread: Spread | null): string {
  if (spread === null) return '–';
  return `${formatNumber(spread.mean, 3)} (${formatNumber(spread.low, 3)}–${formatNumber(spread.high, 3)})`;
}
