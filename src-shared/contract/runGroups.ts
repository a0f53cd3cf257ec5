/** One configuration trained several times: over seeds, or over the folds of the split in force. */
import { z } from 'zod';
import { spreadSchema } from './comparisonStudy.ts';
import { runStateSchema } from './runs.ts';
import { epochRecordSchema, runConfigurationSchema } from './training.ts';
import { timestampSchema } from './vocabulary.ts';

export const repeatsSchema = z.discriminatedUnion('kind', [
  /** With the configuration's seed and the following ones. */
  z.strictObject({ kind: z.literal('seeds'), count: z.int().min(2).max(50) }),
  /** Each fold validates once, the others train; the test set stays as it is. */
  z.strictObject({ kind: z.literal('folds') }),
]);
export type Repeats = z.infer<typeof repeatsSchema>;

export const runGroupRequestSchema = z.strictObject({ configuration: runConfigurationSchema, repeats: repeatsSchema });
export type RunGroupRequest = z.infer<typeof runGroupRequestSchema>;

export const runGroupSchema = z.strictObject({
  id: z.string(),
  number: z.int().positive(),
  kind: z.enum(['seeds', 'folds']),
  createdAt: timestampSchema,
  configuration: runConfigurationSchema,
  runs: z.array(
    z.strictObject({
      run: z.string(),
      seed: z.int(),
      /** The fold that validates; null in a group over seeds. */
      fold: z.int().positive().nullable(),
      /** Null where the run was deleted. */
      state: runStateSchema.nullable(),
      validation: epochRecordSchema.shape.validation.nullable(),
    }),
  ),
  /** Of the best epochs on validation, over the runs that have one. */
  figures: z.strictObject({
    accuracy: spreadSchema.nullable(),
    auc: spreadSchema.nullable(),
    sensitivity: spreadSchema.nullable(),
    specificity: spreadSchema.nullable(),
    loss: spreadSchema.nullable(),
  }),
});
export type RunGroup = z.infer<typeof runGroupSchema>;
