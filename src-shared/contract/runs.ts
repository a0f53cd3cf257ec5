import { z } from 'zod';
import { metricsDocumentSchema } from './metrics.ts';
import { runEventSchema } from './queue.ts';
import { backendInfoSchema, backendRefusalSchema, epochRecordSchema, runConfigurationSchema } from './training.ts';
import { failureSchema } from './errors.ts';
import { backendNameSchema, timestampSchema } from './vocabulary.ts';

/**
 * `queued`: waits for its turn. `paused`: stopped on request, goes on from its checkpoint. `interrupted`: the program or its compute
 * process ended while the run was under way; its best epoch and its checkpoints are kept, and it can go on.
 */
export const runStateSchema = z.enum([
  'queued',
  'preparing',
  'training',
  'paused',
  'finished',
  'cancelled',
  'failed',
  'interrupted',
]);
export type RunState = z.infer<typeof runStateSchema>;

/** Being prepared or trained now. */
export function isUnderWay(state: RunState): boolean {
  return state === 'preparing' || state === 'training';
}

export const bestEpochSchema = z.strictObject({
  epoch: z.int().positive(),
  validation: epochRecordSchema.shape.validation,
});

export const runSummarySchema = z.strictObject({
  id: z.string(),
  number: z.int().positive(),
  state: runStateSchema,
  createdAt: timestampSchema,
  endedAt: timestampSchema.nullable(),
  configuration: runConfigurationSchema,
  epochsDone: z.int().nonnegative(),
  best: bestEpochSchema.nullable(),
  failure: failureSchema.nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runDetailSchema = runSummarySchema.extend({
  backend: backendInfoSchema.nullable(),
  epochs: z.array(epochRecordSchema),
  peakMemoryBytes: z.number().nullable(),
  /** Checkpoints it can go on from; 0 where there is none. */
  checkpoints: z.int().nonnegative(),
  /** What happened to it, oldest first. */
  history: z.array(runEventSchema),
  validation: metricsDocumentSchema.nullable(),
  test: metricsDocumentSchema.nullable(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/** What stands in the way of a run and what is worth knowing before it, in words. */
export const preflightSchema = z.strictObject({
  ready: z.boolean(),
  problems: z.array(
    z.strictObject({
      severity: z.enum(['blocks', 'careful']),
      message: z.string(),
      remedy: z.string(),
      /** Set where the interface can offer to mend it: `memory`, by the largest batch that fits. */
      about: z.literal('memory').optional(),
    }),
  ),
  images: z.strictObject({ training: z.int(), validation: z.int(), test: z.int() }),
  /** Peak memory of the training, estimated (within 20 %), and what there is; null while no engine is known. */
  memory: z
    .strictObject({
      estimate: z.strictObject({ hostBytes: z.number(), deviceBytes: z.number().nullable() }),
      available: z.strictObject({ hostBytes: z.number(), deviceBytes: z.number().nullable() }),
      /** The largest batch that fits, 512 at most; null where not even 1 does. */
      largestBatch: z.int().positive().nullable(),
      device: z.string(),
    })
    .nullable(),
  /** What computes, proved by its self-test; null while no engine is known. */
  engine: backendInfoSchema.nullable(),
  /** Null while no engine is known or there is nothing to train on. */
  time: z
    .strictObject({
      epochSeconds: z.number().nonnegative(),
      /** At most: early stopping may end before. */
      totalSeconds: z.number().nonnegative(),
      /** Number of the run whose speed on this device was taken; null for a guess. */
      basedOnRun: z.int().positive().nullable(),
    })
    .nullable(),
  /** The most that the run will write, and what is free where the project lies; null where that cannot be asked. */
  disk: z.strictObject({ neededBytes: z.number(), freeBytes: z.number() }).nullable(),
});
export type Preflight = z.infer<typeof preflightSchema>;

/** What somebody decided about the backend: only these are tried, in this order; none named stands for the best that works. */
export const backendPreferenceSchema = z.strictObject({
  backends: z.array(backendNameSchema),
  from: z.enum(['settings', 'environment', 'option']),
});
export type BackendPreference = z.infer<typeof backendPreferenceSchema>;

/** What `doctor` says: the engine chosen, every refusal with its reason, and the machine. */
export const diagnosisSchema = z.strictObject({
  backend: z.enum([...backendNameSchema.options, 'none']),
  libraryVersion: z.string().nullable(),
  device: z.string().nullable(),
  info: backendInfoSchema.nullable(),
  refusals: z.array(backendRefusalSchema),
  /** Null where the best backend that works is taken. */
  preference: backendPreferenceSchema.nullable(),
  memory: z.strictObject({ totalBytes: z.number(), freeBytes: z.number() }),
  versions: z.record(z.string(), z.string()),
  missing: z.array(z.strictObject({ what: z.string(), remedy: z.string() })),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;
