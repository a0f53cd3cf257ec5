import { formatInterval, formatNumber } from '../../../src-shared/domain/format.ts';
import { shownAuc } from '../../../src-shared/domain/shownIntervals.ts';
import { readingBlocks } from './readers.ts';
import type { Block, TableBlock } from '../blocks.ts';
import { pictureBlocks, type RunPictures } from '../failurePictures.ts';
import type { ReportPredictionRow, ReportRunModel } from '../model.ts';

const shown = 10;

/** Section 7: the worst errors and the figures within subgroups. */
export function failureBlocks(run: ReportRunModel, pictures?: RunPictures): Block[] {
  const document = run.test ?? run.validation;
  if (document === null) return [{ kind: 'paragraph', text: 'This run has not been evaluated.' }];
  const rows = run.predictions.filter((row) => row.set === document.set);
  const missed = rows
    .filter((row) => row.outcome === 'fn')
    .sort((first, second) => first.probability - second.probability);
  const overcalled = rows
    .filter((row) => row.outcome === 'fp')
    .sort((first, second) => second.probability - first.probability);
  const subgroups = run.subgroups?.rows ?? [];
  return [
    errorTable('False negatives', missed, document.set ?? ''),
    errorTable('False positives', overcalled, document.set ?? ''),
    ...pictureBlocks(pictures, document.positiveClass),
    ...(subgroups.length === 0
      ? [
          {
            kind: 'paragraph' as const,
            quiet: true,
            text: 'No subgroup is known by which the images of this set differ.',
          },
        ]
      : [
          {
            kind: 'table' as const,
            table: {
              caption: `Subgroups of the ${document.set ?? ''} set, at the same operating point.`,
              columns: [
                { title: 'Attribute' },
                { title: 'Level', wide: true },
                { title: 'Images (positive)', align: 'right' as const },
                { title: 'AUC' },
                { title: 'Sensitivity' },
                { title: 'Specificity' },
              ],
              rows: subgroups.map((row) => [
                row.attribute,
                row.level,
                `${row.images} (${row.positive})`,
                formatInterval(shownAuc(row.auc, Math.min(row.positive, row.images - row.positive))),
                formatInterval(row.sensitivity),
                formatInterval(row.specificity),
              ]),
            },
          },
        ]),
    ...readingBlocks(run),
  ];
}

function errorTable(title: string, rows: readonly ReportPredictionRow[], set: string): Block {
  if (rows.length === 0) return { kind: 'paragraph', text: `${title}: none in the ${set} set.` };
  const table: TableBlock = {
    caption: `${title} of the ${set} set, ${rows.length > shown ? `the ${shown} furthest from right of ${rows.length}` : rows.length === 1 ? 'the only one' : `all ${rows.length}`}.`,
    dense: true,
    columns: [
      { title: 'Image' },
      { title: 'Patient', wide: true },
      { title: 'Label' },
      { title: 'Probability', align: 'right' },
      { title: 'Review' },
    ],
    rows: rows
      .slice(0, shown)
      .map((row) => [row.id, row.patient, row.label, formatNumber(row.probability, 3), row.review ?? '–']),
  };
  return { kind: 'table', table };
}
