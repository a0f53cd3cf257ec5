import { rocChart } from '../../../src-shared/charts/index.ts';
import { formatBounds, formatNumber, formatPValue } from '../../../src-shared/domain/format.ts';
import type { Block } from '../blocks.ts';
import type { ReportModel } from '../model.ts';
import { chartSvg } from '../svg.ts';

/** Section 6: runs on the same images. */
export function comparisonBlocks(model: ReportModel): Block[] {
  const { comparison } = model;
  if (model.runs.length < 2) return [{ kind: 'paragraph', text: 'This report is of a single run.' }];
  if (comparison === null) {
    return [{ kind: 'paragraph', text: 'The runs were not evaluated on the same images, so they are not compared.' }];
  }
  const adjusted = comparison.runs.length > 2;
  const name = (place: number): string => comparison.runs[place]?.name ?? '';
  const size = { width: 760, height: 420 };
  return [
    {
      kind: 'table',
      table: {
        caption: `On the ${comparison.set ?? ''} set. AUC: paired DeLong test; decisions: exact McNemar test.${adjusted ? ' p values with Holm’s correction.' : ''}`,
        columns: [
          { title: 'Runs', wide: true },
          { title: 'AUC difference' },
          { title: 'p', align: 'right' },
          { title: 'Only first right', align: 'right' },
          { title: 'Only second right', align: 'right' },
          { title: 'p', align: 'right' },
        ],
        rows: comparison.pairs.flatMap((pair) => {
          const pairName = `${name(pair.first)} against ${name(pair.second)}`;
          const row = (title: string, tests: Pick<typeof pair, 'auc' | 'decisions'>) => [
            title,
            `${formatNumber(tests.auc.difference)} ${formatBounds(tests.auc)}`,
            formatPValue(adjusted ? tests.auc.pAdjusted : tests.auc.pValue),
            String(tests.decisions.onlyFirstRight),
            String(tests.decisions.onlySecondRight),
            formatPValue(adjusted ? tests.decisions.pAdjusted : tests.decisions.pValue),
          ];
          return [
            row(pairName, pair),
            ...(pair.patientLevel
              ? [row(`${pairName}, per patient (${pair.patientLevel.aggregation})`, pair.patientLevel)]
              : []),
          ];
        }),
      },
    },
    ...(comparison.warnings.length > 0 ? [{ kind: 'list' as const, items: comparison.warnings }] : []),
    {
      kind: 'figures',
      figures: [
        {
          caption: 'ROC curves of the runs.',
          ...size,
          wide: true,
          draw: (theme) => chartSvg(rocChart(comparison.runs, theme), size.width, size.height),
        },
      ],
    },
  ];
}
