/** What is known of a run beside its training: remarks, where it comes from, what deleting it means, and which run's model is in use. */
import { z } from 'zod';
import { runSummarySchema } from './runs.ts';
import { backendInfoSchema } from './training.ts';
import { sha256Schema, timestampSchema } from './vocabulary.ts';

export const tagSchema = z.string().trim().min(1).max(40);
const noteSchema = z.string().max(4000);
const tagsSchema = z.array(tagSchema).max(20);

/** One line of the table of runs. Remarks stay in the project: no report and no model file carries them. */
export const runRowSchema = runSummarySchema.extend({
  note: noteSchema,
  tags: tagsSchema,
  /** Null for a run that is listed as usual. */
  archivedAt: timestampSchema.nullable(),
  /** Processor or graphics card; null before the engine was asked for. */
  device: z.string().nullable(),
  /** Seconds of all its epochs; null for a model that was opened, whose times are not known. */
  trainedSeconds: z.number().nullable(),
  /** Of the frozen list it was trained on; null for a model that was opened. */
  snapshotSha256: sha256Schema.nullable(),
  /** `opened`: a model from elsewhere, without a snapshot. */
  origin: z.enum(['trained', 'opened']),
  /** Whether the test set was evaluated with it. */
  tested: z.boolean(),
});
export type RunRow = z.infer<typeof runRowSchema>;

/** What is left out stays as it is. */
export const annotateRunSchema = z.strictObject({
  run: z.string(),
  note: noteSchema.optional(),
  tags: tagsSchema.optional(),
});
export type AnnotateRun = z.infer<typeof annotateRunSchema>;

export const archiveRunsSchema = z.strictObject({
  runs: z.array(z.string()).min(1).max(10_000),
  archived: z.boolean(),
});

/** All that is needed to say how a run came about, and to repeat it. */
export const provenanceSchema = z.strictObject({
  run: z.string(),
  origin: runRowSchema.shape.origin,
  /** The frozen list it was trained on; null for a model that was opened. */
  snapshot: z
    .strictObject({
      sha256: sha256Schema,
      images: z.strictObject({ training: z.int(), validation: z.int(), test: z.int() }),
      patients: z.int().nonnegative(),
      /** In words, how the data as they stand differ from it; empty where they do not. */
      changedSince: z.array(z.string()),
    })
    .nullable(),
  softwareVersion: z.string().nullable(),
  backend: backendInfoSchema.nullable(),
  seed: z.int().nonnegative(),
  /** `path` is null for random weights; the hash is known once an epoch was kept. */
  initialWeights: z.strictObject({ path: z.string().nullable(), sha256: sha256Schema.nullable() }),
  /** Of the kept epoch's weights. */
  modelSha256: sha256Schema.nullable(),
  /** Repeats it on the data as they stand; null for a model that was opened. */
  command: z.string().nullable(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/** What goes with a run when it is deleted, and what stays on record. */
export const removalSchema = z.strictObject({
  removed: z.strictObject({
    /** Files of the run: model, card, checkpoints. */
    files: z.int().nonnegative(),
    bytes: z.number().nonnegative(),
    epochs: z.int().nonnegative(),
    predictions: z.int().nonnegative(),
    evaluations: z.int().nonnegative(),
    audits: z.int().nonnegative(),
  }),
  remains: z.strictObject({
    testOpenings: z.int().nonnegative(),
    operatingPoints: z.int().nonnegative(),
    reviews: z.int().nonnegative(),
    reports: z.int().nonnegative(),
  }),
  /** Its model is the one in use; none is afterwards. */
  inUse: z.boolean(),
});
export type Removal = z.infer<typeof removalSchema>;

/** One entry of the history of the model in use. */
export const modelUseSchema = z.strictObject({
  /** Null: from then on no model is in use. */
  run: z.string().nullable(),
  author: z.string(),
  reason: z.string(),
  at: timestampSchema,
  /** Whether the test set had been evaluated with it by then. */
  tested: z.boolean(),
});
export type ModelUse = z.infer<typeof modelUseSchema>;

export const modelInUseSchema = z.strictObject({
  /** The entry in force; null while no model is in use. */
  current: modelUseSchema.extend({ run: z.string() }).nullable(),
  /** Latest first. */
  history: z.array(modelUseSchema),
});
export type ModelInUse = z.infer<typeof modelInUseSchema>;

export const useModelSchema = z.strictObject({
  run: z.string().nullable(),
  author: z.string().trim().min(1).max(100),
  reason: z.string().trim().max(500),
});
export type UseModel = z.infer<typeof useModelSchema>;
