/** Hyperparameter search: what is varied, how trials are chosen and stopped, and what is known of each. docs/search.md describes the files. */
import { z } from 'zod';
import { trainJobSchema } from './compute.ts';
import { failureSchema } from './errors.ts';
import { bestEpochSchema } from './runs.ts';
import { epochRecordSchema, modelCardSchema, runConfigurationSchema } from './training.ts';
import { architectureSchema, backendNameSchema, headSchema, sha256Schema, timestampSchema } from './vocabulary.ts';

/** Points that a grid takes of a range, its ends among them. */
const points = z.int().min(2).max(50).default(3);
const lowBelowHigh = { error: 'The lower end must lie below the upper one.', path: ['high'] };
const choiceOf = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({ kind: z.literal('choice'), values: z.array(value).min(1).max(50) });

/** A number drawn evenly, evenly on a logarithmic scale, or from a list. */
const numbers = z.union([
  choiceOf(z.number()),
  z
    .strictObject({ kind: z.literal('uniform'), low: z.number(), high: z.number(), points })
    .refine(({ low, high }) => low < high, lowBelowHigh),
  z
    .strictObject({ kind: z.literal('logUniform'), low: z.number().positive(), high: z.number().positive(), points })
    .refine(({ low, high }) => low < high, lowBelowHigh),
]);
export type NumberRange = z.infer<typeof numbers>;

const of = runConfigurationSchema.shape;
const scheduleKindSchema = z.enum(['constant', 'step', 'cosine', 'oneCycle']);

/**
 * What a search may vary. `augmentationStrength` multiplies the base configuration's augmentation: 0 is none, 1 as it stands. Image size
 * and window are not here: they belong to the snapshot, which is the same for all trials.
 */
export const searchParametersSchema = z.strictObject({
  architecture: choiceOf(architectureSchema).optional(),
  head: choiceOf(headSchema).optional(),
  freeze: choiceOf(of.freeze).optional(),
  optimiser: choiceOf(of.optimiser).optional(),
  learningRate: numbers.optional(),
  weightDecay: numbers.optional(),
  /** By its kind; the other figures of a schedule are usual ones for the number of epochs. */
  schedule: choiceOf(scheduleKindSchema).optional(),
  momentum: numbers.optional(),
  batchSize: choiceOf(of.batchSize).optional(),
  classWeights: choiceOf(of.classWeights).optional(),
  sampling: choiceOf(z.enum(['shuffled', 'balanced'])).optional(),
  labelSmoothing: numbers.optional(),
  augmentationStrength: numbers.optional(),
});
export const searchParameterNames = searchParametersSchema.keyof().options;
export type SearchParameter = (typeof searchParameterNames)[number];

/** A file that declares a search space. */
export const searchSpaceSchema = z.strictObject({
  format: z.literal('parenchyma-search-space').default('parenchyma-search-space'),
  version: z.literal(1).default(1),
  parameters: searchParametersSchema.refine((given) => Object.values(given).some((one) => one !== undefined), {
    error: 'Nothing is varied: at least one parameter is needed.',
  }),
});
export type SearchSpace = z.infer<typeof searchSpaceSchema>;

export const searchMethodSchema = z.enum(['grid', 'random', 'halving']);
export type SearchMethod = z.infer<typeof searchMethodSchema>;

export const searchRequestSchema = z.strictObject({
  /** What is not varied is the same for all trials; `epochs` is how far the best go. */
  base: runConfigurationSchema,
  space: searchSpaceSchema,
  method: searchMethodSchema.default('halving'),
  /** The search ends with whichever is reached first. A grid may have neither. */
  budget: z.strictObject({
    trials: z.int().min(1).max(10_000).nullable().default(null),
    /** Hours during which it was under way; pauses do not count. */
    hours: z.number().positive().max(10_000).nullable().default(null),
  }),
  /** Trials under way at the same time; the machine's threads are divided among them. */
  workers: z.int().min(1).max(16).default(1),
  seed: z.int().min(0).max(4_294_967_295).default(1),
  halving: z
    .strictObject({
      /** One in so many trials goes on at each rung (η). */
      reduction: z.int().min(2).max(10).default(3),
      /** Epochs to the first rung; null: the number of epochs divided by η², at least 1. */
      firstRung: z.int().min(1).nullable().default(null),
    })
    .default({ reduction: 3, firstRung: null }),
});
export type SearchRequest = z.infer<typeof searchRequestSchema>;

/**
 * `waiting`: in the line, new or put back after its worker ended; `paused`: stopped at a rung, may go on; `stopped`: the search ended
 * without letting it go on.
 */
export const trialStateSchema = z.enum(['waiting', 'running', 'paused', 'finished', 'stopped', 'failed']);
export type TrialState = z.infer<typeof trialStateSchema>;

const parameterValueSchema = z.union([z.string(), z.number()]);
/** The values that were drawn for one trial. */
export const trialChoiceSchema = z.partialRecord(z.enum(searchParameterNames), parameterValueSchema);
export type TrialChoice = z.infer<typeof trialChoiceSchema>;

export const trialSchema = z.strictObject({
  number: z.int().positive(),
  state: trialStateSchema,
  choice: trialChoiceSchema,
  configuration: runConfigurationSchema,
  /** Epoch up to which it goes now, or went. */
  targetEpoch: z.int().positive(),
  epochsDone: z.int().nonnegative(),
  /** Best epoch so far: validation accuracy, then the lower validation loss. */
  best: bestEpochSchema.nullable(),
  /** How often a worker was started for it. */
  attempts: z.int().nonnegative(),
  startedAt: timestampSchema.nullable(),
  endedAt: timestampSchema.nullable(),
  failure: failureSchema.nullable(),
  /** The run that was made of it. */
  run: z.string().nullable(),
});
export type Trial = z.infer<typeof trialSchema>;

export const searchStateSchema = z.enum([
  'running',
  'paused',
  'finished',
  'cancelled',
  'failed',
  /** The program ended while it was under way; it can go on. */
  'interrupted',
]);
export type SearchState = z.infer<typeof searchStateSchema>;

export const searchSummarySchema = z.strictObject({
  id: z.string(),
  number: z.int().positive(),
  state: searchStateSchema,
  createdAt: timestampSchema,
  endedAt: timestampSchema.nullable(),
  request: searchRequestSchema,
  /** Epochs at which trials are compared; the last is the whole training. */
  rungs: z.array(z.int().positive()),
  snapshotSha256: sha256Schema,
  /** Seconds under way. */
  spentSeconds: z.number().nonnegative(),
  trials: z.int().nonnegative(),
  /** Trials that will be drawn at most; null where only the hours limit them. */
  trialsPlanned: z.int().positive().nullable(),
  /** Number of the best trial so far, on validation. */
  best: z.int().positive().nullable(),
  failure: failureSchema.nullable(),
});
export type SearchSummary = z.infer<typeof searchSummarySchema>;

export const searchDetailSchema = searchSummarySchema.extend({ list: z.array(trialSchema) });
export type SearchDetail = z.infer<typeof searchDetailSchema>;

/** `order.json` beside `trial.json`: how far a trial shall go now. Written anew for every start. */
export const trialOrderSchema = z.strictObject({
  attempt: z.int().positive(),
  /** Epoch after which it stops with a checkpoint; null goes to the end. */
  stopAfterEpoch: z.int().positive().nullable(),
});
export type TrialOrder = z.infer<typeof trialOrderSchema>;

/** One line of `events.jsonl`. */
export const trialEventSchema = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('started'),
    attempt: z.int().positive(),
    at: timestampSchema,
    host: z.string(),
    process: z.int(),
  }),
  z.strictObject({
    event: z.literal('progress'),
    attempt: z.int().positive(),
    epoch: z.int().nonnegative(),
    done: z.number(),
    total: z.number(),
    imagesPerSecond: z.number().nullable(),
  }),
  z.strictObject({ event: z.literal('epoch'), attempt: z.int().positive(), record: epochRecordSchema }),
  z.strictObject({
    event: z.literal('ended'),
    attempt: z.int().positive(),
    at: timestampSchema,
    /** `paused`: at the epoch that was ordered, or because it was told to stop. */
    outcome: z.enum(['finished', 'stoppedEarly', 'paused', 'cancelled']),
    card: modelCardSchema.nullable(),
    peakMemoryBytes: z.number(),
  }),
  z.strictObject({
    event: z.literal('failed'),
    attempt: z.int().positive(),
    at: timestampSchema,
    code: z.string(),
    message: z.string(),
    kept: z.string(),
  }),
]);
export type TrialEvent = z.infer<typeof trialEventSchema>;

/** `trial.json`: all that a trial is, never changed after it was written. The folder it lies in is the trial's own. */
export const trialFileSchema = z.strictObject({
  format: z.literal('parenchyma-trial'),
  version: z.literal(1),
  search: z.string(),
  number: z.int().positive(),
  searchSeed: z.int().nonnegative(),
  choice: trialChoiceSchema,
  /** Backend on which all trials of the search are computed. */
  backend: backendNameSchema,
  /** Threads of the worker; the order of some sums depends on it. Null leaves it to the engine. */
  threads: z.int().positive().nullable(),
  /** What the compute process is told, but for the folder. */
  job: trainJobSchema.omit({
    kind: true,
    job: true,
    runDirectory: true,
    resume: true,
    stopAfterEpoch: true,
    checkpointEverySeconds: true,
  }),
});
export type TrialFile = z.infer<typeof trialFileSchema>;
