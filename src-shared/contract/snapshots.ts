/** Frozen states of the data set, and what differs between two of them. */
import { z } from 'zod';
import { timestampSchema } from './vocabulary.ts';

export const snapshotSummarySchema = z.strictObject({
  id: z.int(),
  sha256: z.string(),
  createdAt: timestampSchema,
  images: z.int().nonnegative(),
  patients: z.int().nonnegative(),
  /** Runs that were trained on it. */
  runs: z.array(z.string()),
});
export type SnapshotSummary = z.infer<typeof snapshotSummarySchema>;

/** `now`: the data as they stand. */
export const snapshotReferenceSchema = z.union([z.int(), z.literal('now')]);
export type SnapshotReference = z.infer<typeof snapshotReferenceSchema>;

export const snapshotComparisonSchema = z.strictObject({
  same: z.boolean(),
  /** Differences in words, the weightiest first; one sentence when there are none. */
  sentences: z.array(z.string()),
});
export type SnapshotComparison = z.infer<typeof snapshotComparisonSchema>;
