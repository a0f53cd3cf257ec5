import { formatInterval, formatQuantity } from '../../src-shared/domain/format.ts';
import { shownInterval } from '../../src-shared/domain/shownIntervals.ts';
import type { Block, Section } from './blocks.ts';
import { aboutBlocks } from './sections/about.ts';
import { appendixBlocks } from './sections/appendix.ts';
import { comparisonBlocks } from './sections/comparison.ts';
import { dataBlocks } from './sections/data.ts';
import { failureBlocks } from './sections/failure.ts';
import { learningBlocks, modelBlocks } from './sections/model.ts';
import { repeatsBlocks } from './sections/repeats.ts';
import { resultBlocks } from './sections/results.ts';
import { studyBlocks } from './sections/study.ts';
import type { FailurePictures } from './failurePictures.ts';
import type { ReportModel } from './model.ts';

/** The report as numbered sections of blocks, in the order and with the numbers of the evaluation standard. */
export function reportSections(model: ReportModel, pictures: FailurePictures = {}): Section[] {
  const several = model.runs.length > 1;
  const perRun = (blocks: (run: ReportModel['runs'][number]) => Block[]): Block[] =>
    model.runs.flatMap((run) => [
      ...(several ? [{ kind: 'subheading' as const, text: `Run ${run.number}` }] : []),
      ...blocks(run),
    ]);
  return [
    { number: 1, title: 'About this report', blocks: aboutBlocks(model) },
    { number: 2, title: 'Data', blocks: dataBlocks(model), newPage: true },
    { number: 3, title: 'Model', blocks: perRun(modelBlocks), newPage: true },
    { number: 4, title: 'Learning curves', blocks: perRun(learningBlocks) },
    { number: 5, title: 'Results', blocks: perRun((run) => resultBlocks(run, model.openings)), newPage: true },
    {
      number: 6,
      title: 'Comparison of runs',
      blocks: [...comparisonBlocks(model), ...repeatsBlocks(model), ...studyBlocks(model)],
    },
    {
      number: 7,
      title: 'Failure analysis',
      blocks: perRun((run) => failureBlocks(run, pictures[run.id])),
      newPage: true,
    },
    { number: 8, title: 'Limitations found by the software', blocks: limitationBlocks(model) },
    { number: 9, title: 'CLAIM 2024 cross-walk', blocks: claimBlocks(model), newPage: true },
    { number: 10, title: 'Appendix: every image', blocks: perRun(appendixBlocks), newPage: true },
  ];
}

/** The figures that a reader looks for first, one row per run and set. */
export function keyFigures(model: ReportModel): Block {
  const rows = model.runs.flatMap((run) =>
    [run.test, run.validation].flatMap((document) =>
      document === null
        ? []
        : [
            [
              `Run ${run.number}, ${document.set ?? 'table'}`,
              `${formatQuantity(document.n.images, 'image')}${document.n.patients === null ? '' : `, ${formatQuantity(document.n.patients, 'patient')}`}`,
              formatInterval(shownInterval(document, 'auc')),
              formatInterval(shownInterval(document, 'sensitivity')),
              formatInterval(shownInterval(document, 'specificity')),
              formatInterval(shownInterval(document, 'accuracy')),
            ],
          ],
    ),
  );
  if (rows.length === 0) return { kind: 'paragraph', text: 'No run of this report has been evaluated.' };
  return {
    kind: 'table',
    table: {
      caption:
        'Values with 95 % intervals [low, high], by patient where patients have several images; section 5 says how each was made.',
      columns: [
        { title: 'Run and set' },
        { title: 'n', wide: true },
        { title: 'AUC' },
        { title: 'Sensitivity' },
        { title: 'Specificity' },
        { title: 'Accuracy' },
      ],
      rows,
    },
  };
}

function limitationBlocks(model: ReportModel): Block[] {
  return [{ kind: 'list', items: model.limitations }];
}

function claimBlocks(model: ReportModel): Block[] {
  return [
    {
      kind: 'paragraph',
      text: 'Where this report answers the items of the Checklist for Artificial Intelligence in Medical Imaging (CLAIM), 2024 update. What the software cannot know is marked “not provided” and is for the authors to write.',
      quiet: true,
    },
    {
      kind: 'table',
      table: {
        dense: true,
        columns: [
          { title: 'Item', align: 'right' },
          { title: 'Topic', wide: true },
          { title: 'Answered in', wide: true },
        ],
        rows: model.claim.map((one) => [String(one.item), one.topic, one.answer]),
      },
    },
  ];
}
