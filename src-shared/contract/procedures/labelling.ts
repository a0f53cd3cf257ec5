/** Labels by hand, readers' labels, third decisions, tables. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import {
  choiceRequestSchema,
  disagreementSchema,
  labelAgreementSchema,
  labelOutcomeSchema,
  labelPreviewSchema,
  labelRequestSchema,
  labelStackSchema,
  labelTablePreviewSchema,
  labelTableSchema,
  nextUnlabelledSchema,
  undoOutcomeSchema,
} from '../labelling.ts';
import { readerNameSchema } from '../review.ts';
import { page } from './common.ts';

const byAuthor = z.strictObject({ author: readerNameSchema });

export const labellingProcedures = {
  preview: oc.input(labelRequestSchema).output(labelPreviewSchema),
  label: oc.input(labelRequestSchema).output(labelOutcomeSchema),
  /** Leaves images out of sets and trainings, or takes them in again; part of the same stack of undo. */
  exclude: oc
    .input(
      z.strictObject({
        imageIds: z.array(z.int()).min(1).max(100_000),
        excluded: z.boolean(),
        reason: z.string().trim().min(1).max(500),
        author: readerNameSchema,
      }),
    )
    .output(labelOutcomeSchema),
  /** What undo and redo would take; kept in the project, so it is there after a restart. */
  stack: oc.input(byAuthor).output(labelStackSchema),
  undo: oc.input(byAuthor).output(undoOutcomeSchema),
  redo: oc.input(byAuthor).output(undoOutcomeSchema),
  /** The next image of the query without a label; null when all have one. */
  next: oc.input(nextUnlabelledSchema).output(z.int().nullable()),
  choose: oc.input(choiceRequestSchema).output(z.array(z.int())),
  agreement: oc.output(labelAgreementSchema),
  disagreements: oc
    .input(z.strictObject({ show: z.enum(['open', 'all']), ...page }))
    .output(z.strictObject({ total: z.int(), items: z.array(disagreementSchema) })),
  /** The third decision on an image on which readers differ; it becomes the reference label. */
  adjudicate: oc
    .input(z.strictObject({ imageId: z.int(), classId: z.int(), author: readerNameSchema }))
    .output(labelOutcomeSchema),
  /** Makes what at least two readers say alike, and none otherwise, the reference label. */
  takeAgreed: oc.input(byAuthor).output(labelOutcomeSchema),
  previewTable: oc.input(labelTableSchema).output(labelTablePreviewSchema),
  importTable: oc.input(labelTableSchema).output(labelOutcomeSchema),
};
