/**
 * Comparison of architectures as one piece of work: a search of the same budget for each, the chosen configuration trained with several
 * seeds, one run of each selected on validation, the test set opened once for all of them, a paired comparison and a report.
 */
import { z } from 'zod';
import { failureSchema } from './errors.ts';
import { reportFileSchema, reportFormatSchema } from './report.ts';
import { searchRequestSchema } from './search.ts';
import { epochRecordSchema, runConfigurationSchema } from './training.ts';
import { architectureSchema, sha256Schema, timestampSchema } from './vocabulary.ts';

export const comparisonStudyRequestSchema = z.strictObject({
  /** What all trainings have in common; architecture, weights and seed are the study's. */
  base: runConfigurationSchema,
  architectures: z
    .array(z.strictObject({ architecture: architectureSchema, weights: z.string().nullable() }))
    .min(2)
    .refine((arms) => new Set(arms.map((arm) => arm.architecture)).size === arms.length, {
      error: 'Each architecture once.',
    }),
  space: searchRequestSchema.shape.space,
  method: searchRequestSchema.shape.method,
  halving: searchRequestSchema.shape.halving,
  /** Trials of each architecture's search. */
  trials: z.int().min(1).max(1000).default(12),
  workers: searchRequestSchema.shape.workers,
  /** Of the searches; the trainings with the chosen configuration have this and the following. */
  seed: z.int().min(0).max(4_294_967_000).default(1),
  /** Trainings of each chosen configuration. */
  seeds: z.int().min(1).max(20).default(3),
  /** Who opens the test set at the end; recorded. */
  openedBy: z.string().trim().min(1).max(70),
  /** Folder for the report; null for the project's own. */
  directory: z.string().nullable().default(null),
  formats: z.array(reportFormatSchema).min(1),
});
export type ComparisonStudyRequest = z.infer<typeof comparisonStudyRequestSchema>;

export const comparisonStudyStateSchema = z.enum(['running', 'paused', 'finished', 'failed', 'interrupted']);
export type ComparisonStudyState = z.infer<typeof comparisonStudyStateSchema>;

/** What of a study is recorded beside its request; everything else follows from searches and runs. */
export const comparisonStudyRecordSchema = z.strictObject({
  arms: z.array(
    z.strictObject({
      architecture: architectureSchema,
      search: z.string(),
      runs: z.array(z.strictObject({ seed: z.int(), run: z.string() })),
      /** Selected on validation; null until all seeds are trained. */
      selected: z.string().nullable(),
    }),
  ),
  /** When the test set was opened for all selected runs together. */
  openedAt: timestampSchema.nullable(),
  report: z.strictObject({ id: z.int(), files: z.array(reportFileSchema) }).nullable(),
});
export type ComparisonStudyRecord = z.infer<typeof comparisonStudyRecordSchema>;

export const spreadSchema = z.strictObject({
  n: z.int().positive(),
  mean: z.number(),
  low: z.number(),
  high: z.number(),
  deviation: z.number().nullable(),
});

const armSchema = z.strictObject({
  architecture: architectureSchema,
  search: z.string(),
  /** The best trial of the search so far, and of how many. */
  trial: z.int().positive().nullable(),
  trials: z.int().nonnegative(),
  configuration: runConfigurationSchema.nullable(),
  runs: z.array(
    z.strictObject({
      seed: z.int(),
      run: z.string(),
      state: z.string(),
      validation: epochRecordSchema.shape.validation.nullable(),
    }),
  ),
  accuracy: spreadSchema.nullable(),
  auc: spreadSchema.nullable(),
  selected: z.string().nullable(),
});

export const studyStepSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: z.enum(['waiting', 'running', 'done']),
  /** What is done of it, in words; empty before it began. */
  detail: z.string(),
});
export type StudyStep = z.infer<typeof studyStepSchema>;

export const comparisonStudySchema = z.strictObject({
  id: z.string(),
  number: z.int().positive(),
  state: comparisonStudyStateSchema,
  createdAt: timestampSchema,
  endedAt: timestampSchema.nullable(),
  request: comparisonStudyRequestSchema,
  snapshotSha256: sha256Schema,
  arms: z.array(armSchema),
  openedAt: timestampSchema.nullable(),
  report: comparisonStudyRecordSchema.shape.report,
  steps: z.array(studyStepSchema),
  failure: failureSchema.nullable(),
});
export type ComparisonStudy = z.infer<typeof comparisonStudySchema>;
