import { z } from 'zod';
import { splitSummarySchema, testLockSchema } from './splits.ts';
import { timestampSchema } from './vocabulary.ts';

export const classSchema = z.strictObject({
  id: z.int(),
  name: z.string().min(1).max(64),
  /** `#rrggbb`. */
  color: z.string().regex(/^#[0-9a-f]{6}$/i),
  /** The class that sensitivity speaks of; exactly one class of a project is positive. */
  positive: z.boolean(),
  /** One character that gives the label on its own; null: Shift and the class's number only. */
  key: z.string().length(1).nullable().default(null),
  images: z.int().nonnegative(),
  patients: z.int().nonnegative(),
});
export type ClassSummary = z.infer<typeof classSchema>;

export const projectSummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  createdAt: timestampSchema,
  images: z.int().nonnegative(),
  patients: z.int().nonnegative(),
  labelled: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  excluded: z.int().nonnegative(),
  classes: z.array(classSchema),
  split: splitSummarySchema.nullable(),
  /** Open findings of any kind, and those accepted with a reason. */
  findings: z.strictObject({ open: z.int().nonnegative(), accepted: z.int().nonnegative() }),
  testLock: testLockSchema,
  runs: z.int().nonnegative(),
});
export type ProjectSummary = z.infer<typeof projectSummarySchema>;

export const recentProjectSchema = z.strictObject({
  name: z.string(),
  path: z.string(),
  openedAt: timestampSchema,
  /** False when the folder is not there now. */
  available: z.boolean(),
});
