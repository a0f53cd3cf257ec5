import { formatInterval, formatNumber, formatQuantity } from '../../../src-shared/domain/format.ts';
import type { Block } from '../blocks.ts';
import type { ReportRunModel } from '../model.ts';

/** In section 7: how well readers agree with the model and with each other, and what the shortcut audit found. */
export function readingBlocks(run: ReportRunModel): Block[] {
  return run.readings.flatMap(({ set, agreement, audit }) => [
    ...agreementBlocks(set, agreement),
    ...(audit === null
      ? []
      : [
          {
            kind: 'paragraph' as const,
            text: `Shortcut audit of the ${set} set (${formatQuantity(audit.images, 'image')}):`,
          },
          { kind: 'list' as const, items: audit.findings.map((finding) => finding.message) },
        ]),
  ]);
}

function agreementBlocks(set: string, agreement: ReportRunModel['readings'][number]['agreement']): Block[] {
  if (agreement.readers.length === 0) {
    return [{ kind: 'paragraph', quiet: true, text: `No reader has reviewed the predictions on the ${set} set.` }];
  }
  const { disputed, adjudicated, relabelled, excluded } = agreement;
  return [
    {
      kind: 'table',
      table: {
        caption: `Readers on the ${set} set: Cohen’s κ with 95 % intervals (large-sample), over the images that both called positive or not. Readers differ on ${disputed}, ${adjudicated} decided by a third decision; ${relabelled} relabelled and ${excluded} excluded from later runs. The figures of this run are not changed by reviews.`,
        columns: [
          { title: 'Pair', wide: true },
          { title: 'κ' },
          { title: 'n', align: 'right' },
          { title: 'Agreement', align: 'right' },
          { title: 'Unsure', align: 'right' },
          { title: 'Blinded', align: 'right' },
        ],
        rows: [
          ...agreement.readers.map((one) => [
            `${one.reader} and model`,
            formatInterval(one.model),
            String(one.model.n),
            formatNumber(one.model.agreement),
            String(one.unsure),
            `${one.blinded} of ${one.answered}`,
          ]),
          ...agreement.pairs.map((pair) => [
            `${pair.first} and ${pair.second}`,
            formatInterval(pair.kappa),
            String(pair.kappa.n),
            formatNumber(pair.kappa.agreement),
            '',
            '',
          ]),
        ],
      },
    },
  ];
}
