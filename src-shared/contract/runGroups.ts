/** One configuration trained several times: over seeds, or over the folds of the split in force. */
import { z } from 'zod';
import { spreadSchema } from './comparisonStudy.ts';
import { runStateSchema } from './runs.ts';
import { epochRecordSchema, runConfigurationSchema } from './training.ts';
import { timestampSchema } from './vocabulary.ts';

/** Repeats of one group at most. */
export const mostRepeats = 50;

export const repeatsSchema = z.discriminatedUnion('kind', [
  /** With the configuration's seed and the following ones. */
  z.strictObject({ kind: z.literal('seeds'), count: z.int().min(2).max(mostRepeats) }),
  z.strictObject({
    kind: z.literal('listedSeeds'),
    seeds: z
      .array(runConfigurationSchema.shape.seed)
      .min(2)
      .max(mostRepeats)
      .refine((seeds) => new Set(seeds).size === seeds.length, { error: 'Each seed once.' }),
  }),
  /**
   * Each fold validates once, the others train; the test set stays as it is. The folds are those of the split in force; where it has
   * not as many as `count`, its patients outside of the test set are dealt out for this group alone.
   */
  z.strictObject({ kind: z.literal('folds'), count: z.int().min(2).max(20).optional() }),
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
