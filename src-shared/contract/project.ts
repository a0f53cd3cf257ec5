import { z } from 'zod';
import { setNameSchema, timestampSchema } from './vocabulary.ts';

export const classSchema = z.strictObject({
  id: z.int(),
  name: z.string().min(1).max(64),
  /** `#rrggbb`. */
  color: z.string().regex(/^#[0-9a-f]{6}$/i),
  /** The class that sensitivity speaks of; exactly one class of a project is positive. */
  positive: z.boolean(),
  images: z.int().nonnegative(),
  patients: z.int().nonnegative(),
});
export type ClassSummary = z.infer<typeof classSchema>;

export const setSummarySchema = z.strictObject({
  set: setNameSchema,
  images: z.int().nonnegative(),
  patients: z.int().nonnegative(),
  /** Images per class name. */
  classes: z.record(z.string(), z.int().nonnegative()),
});
export type SetSummary = z.infer<typeof setSummarySchema>;

export const findingSchema = z.strictObject({
  code: z.enum(['PATIENT_IN_TWO_SETS', 'SAME_FILE_IN_TWO_SETS', 'SAME_PIXELS_IN_TWO_SETS']),
  /** In words, e.g. "2 patients are in both training and test". */
  message: z.string(),
  /** Sets concerned. */
  sets: z.array(setNameSchema),
  images: z.array(z.int()),
});
export type Finding = z.infer<typeof findingSchema>;

export const splitSummarySchema = z.strictObject({
  id: z.int(),
  method: z.enum(['ratio', 'files', 'import']),
  /** Shares of training, validation and test in percent; null when sets were given. */
  ratio: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  seed: z.int().nullable(),
  createdAt: timestampSchema,
  sets: z.array(setSummarySchema),
  leakage: z.array(findingSchema),
});
export type SplitSummary = z.infer<typeof splitSummarySchema>;

export const projectSummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  createdAt: timestampSchema,
  images: z.int().nonnegative(),
  patients: z.int().nonnegative(),
  labelled: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  classes: z.array(classSchema),
  split: splitSummarySchema.nullable(),
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
