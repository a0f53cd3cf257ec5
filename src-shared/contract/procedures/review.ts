import { oc } from '@orpc/contract';
import { z } from 'zod';
import {
  agreementRequestSchema,
  agreementSchema,
  beginReadingSchema,
  readerNameSchema,
  readerSchema,
  readingSchema,
  reviewEntrySchema,
  saveReviewSchema,
  undoReviewSchema,
  worklistRequestSchema,
  worklistRowSchema,
} from '../review.ts';

/** Readers' verdicts on predictions. Every answer holds only what the reader named may see. */
export const reviewProcedures = {
  readers: oc.output(z.array(readerSchema)),
  addReader: oc.input(z.strictObject({ name: readerNameSchema })).output(z.array(readerSchema)),
  /** Recorded: from an open reading on, a reader has seen the predictions. In blinded mode the seed of the order is drawn once. */
  begin: oc.input(beginReadingSchema).output(readingSchema),
  worklist: oc
    .input(worklistRequestSchema)
    .output(z.strictObject({ total: z.int(), items: z.array(worklistRowSchema) })),
  save: oc.input(saveReviewSchema).output(worklistRowSchema),
  /** Takes the reader's last entry back; null when there is none. */
  undo: oc
    .input(undoReviewSchema)
    .output(z.strictObject({ row: worklistRowSchema, labelKept: z.boolean() }).nullable()),
  history: oc.input(beginReadingSchema.extend({ imageId: z.int() })).output(z.array(reviewEntrySchema)),
  agreement: oc.input(agreementRequestSchema).output(agreementSchema),
};
