import { formatCount, formatNumber } from '../../../src-shared/domain/format.ts';
import type { Block } from '../blocks.ts';
import type { ReportRunModel } from '../model.ts';

/** Rows printed, some 20 pages; CSV and JSON hold all of them. */
const printed = 1000;

/** Section 10: every image with pseudonym, hash, set, label, probability, decision and review. */
export function appendixBlocks(run: ReportRunModel): Block[] {
  if (run.predictions.length === 0) return [{ kind: 'paragraph', text: 'No image has a prediction.' }];
  const cut =
    run.predictions.length > printed
      ? ` The first ${formatCount(printed)} of ${formatCount(run.predictions.length)} images are printed.`
      : '';
  return [
    {
      kind: 'paragraph',
      quiet: true,
      text: `Hash: first 12 digits of the sha256 of the stored pixel values. The CSV and JSON of this report hold every image with its full hash and suffice to compute every figure again; of training images, which have no prediction here, the JSON holds set and label.${cut}`,
    },
    {
      kind: 'table',
      table: {
        dense: true,
        columns: [
          { title: 'Image' },
          { title: 'Patient', wide: true },
          { title: 'Hash' },
          { title: 'Set' },
          { title: 'Label' },
          { title: 'Probability', align: 'right' },
          { title: 'Decision' },
          { title: 'Right' },
          { title: 'Review' },
        ],
        rows: run.predictions
          .slice(0, printed)
          .map((row) => [
            row.id,
            row.patient,
            row.pixelSha256.slice(0, 12),
            row.set,
            row.label,
            formatNumber(row.probability, 4),
            row.decision,
            row.outcome === 'tp' || row.outcome === 'tn' ? 'yes' : 'no',
            [row.review, row.reviewNote].filter(Boolean).join('; ') || '–',
          ]),
      },
    },
  ];
}
