/** How patients are shared out to the sets, what is known of the split in force, and the lock of the test set. */
import { z } from 'zod';
import { findingSchema, reasonSchema } from './findings.ts';
import { setNameSchema, timestampSchema } from './vocabulary.ts';

export const setSummarySchema = z.strictObject({
  set: setNameSchema,
  images: z.int().nonnegative(),
  patients: z.int().nonnegative(),
  /** Images per class name. */
  classes: z.record(z.string(), z.int().nonnegative()),
});
export type SetSummary = z.infer<typeof setSummarySchema>;

/** Shares of training, validation and test in percent. */
export const ratioSchema = z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)]);

export const testLockSchema = z.strictObject({
  locked: z.boolean(),
  /** Who locked or unlocked it last, why and when; null when nobody ever did. */
  last: z.strictObject({ locked: z.boolean(), author: z.string(), reason: z.string(), at: timestampSchema }).nullable(),
});
export type TestLock = z.infer<typeof testLockSchema>;

export const splitSummarySchema = z.strictObject({
  id: z.int(),
  method: z.enum(['ratio', 'files', 'import', 'folds', 'folders']),
  ratio: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  seed: z.int().nullable(),
  /** Number of folds, and the one that is the validation set; null without folds. */
  folds: z.int().nullable(),
  fold: z.int().nullable(),
  createdAt: timestampSchema,
  /** Images moved or put together since it was made. */
  changes: z.int().nonnegative(),
  sets: z.array(setSummarySchema),
  leakage: z.array(findingSchema),
});
export type SplitSummary = z.infer<typeof splitSummarySchema>;

export const splitRequestSchema = z.strictObject({
  /** Percent of patients in training, validation, test; sum 100. With folds only the share of the test set counts. */
  ratio: ratioSchema,
  seed: z.int().nonnegative(),
  /** 2 … 20: training and validation are shared out to as many folds; the first is the validation set until another is chosen. */
  folds: z.int().min(2).max(20).nullable().default(null),
  /** Patients whose images are duplicates of each other stay in one set. */
  keepDuplicatesTogether: z.boolean().default(false),
  /** The test set stays as it is; only the rest is drawn. */
  keepTest: z.boolean().default(false),
  /** Folders whose images have their set given; all other patients are drawn. */
  fixed: z
    .array(z.strictObject({ sourceId: z.int(), folder: z.string(), set: setNameSchema }))
    .max(1000)
    .default([]),
});
export type SplitRequest = z.infer<typeof splitRequestSchema>;

export const splitHistoryEntrySchema = z.strictObject({
  at: timestampSchema,
  author: z.string(),
  /** What was done, in words. */
  message: z.string(),
});
export type SplitHistoryEntry = z.infer<typeof splitHistoryEntrySchema>;

export const lockRequestSchema = z.strictObject({
  locked: z.boolean(),
  reason: reasonSchema,
  author: z.string().max(100).default(''),
});
