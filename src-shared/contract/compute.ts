/**
 * Messages between the host and the compute process. Jobs are started from files and report through messages; nothing
 * assumes shared memory. One job at a time per process; a second is refused with code `BUSY`.
 */
import { z } from 'zod';
import { rangePointSchema } from './rangeTest.ts';
import { heatMapMethodSchema } from './heatmaps.ts';
import { backendInfoSchema, epochRecordSchema, modelCardSchema, runConfigurationSchema } from './training.ts';
import { architectureSchema, backendNameSchema, headSchema, sha256Schema } from './vocabulary.ts';

/**
 * Network inputs prepared by the host: `count` gray images of `size`×`size` bytes, row-major, one after the other, after
 * modality LUT, window, conversion to 8 bit and resize. Normalisation is the compute process's work.
 */
export const inputsFileSchema = z.strictObject({
  path: z.string(),
  size: z.int().positive(),
  count: z.int().nonnegative(),
});
export type InputsFile = z.infer<typeof inputsFileSchema>;

/** One labelled image of a training job; `index` is its place in the inputs file, `label` the index of its class. */
export const trainItemSchema = z.strictObject({
  index: z.int().nonnegative(),
  label: z.int().nonnegative(),
  set: z.enum(['training', 'validation']),
});
export type TrainItem = z.infer<typeof trainItemSchema>;

export const trainJobSchema = z.strictObject({
  kind: z.literal('train'),
  job: z.string(),
  /** Folder of the run: the model of the best epoch (`model.safetensors`, `model.json`) and `checkpoints/` are written here. */
  runDirectory: z.string(),
  /** Folder for cached backbone features. */
  cacheDirectory: z.string(),
  inputs: inputsFileSchema,
  items: z.array(trainItemSchema).min(2),
  classes: z.array(z.string()).min(2),
  /** Index of the positive class. */
  positive: z.int().nonnegative(),
  configuration: runConfigurationSchema,
  snapshotSha256: sha256Schema,
  softwareVersion: z.string(),
  /** Go on from the newest sound checkpoint in the run's folder; from the beginning where there is none. Otherwise they are cleared. */
  resume: z.boolean().default(false),
  /** End with the outcome `paused` after this epoch and its checkpoint; null goes through all epochs. */
  stopAfterEpoch: z.int().positive().nullable().default(null),
  /** Checkpoints are written after every epoch, and within one when this much time has passed; 0 after every step. */
  checkpointEverySeconds: z.number().min(0).default(300),
});
export type TrainJob = z.infer<typeof trainJobSchema>;
/** What a training is started with; what is left out takes its default. */
export type TrainJobInput = Omit<TrainJob, 'kind' | 'job' | HowFar> & Partial<Pick<TrainJob, HowFar>>;
type HowFar = 'resume' | 'stopAfterEpoch' | 'checkpointEverySeconds';

/** A learning-rate range test: the training's first steps with a rate that grows from `least` to `greatest`; nothing is kept. */
export const rangeTestJobSchema = trainJobSchema
  .omit({ runDirectory: true, resume: true, stopAfterEpoch: true, checkpointEverySeconds: true })
  .extend({
    kind: z.literal('rangeTest'),
    steps: z.int().min(2).max(1000),
    least: z.number().positive(),
    greatest: z.number().positive(),
  });
export type RangeTestJob = z.infer<typeof rangeTestJobSchema>;

export const predictJobSchema = z.strictObject({
  kind: z.literal('predict'),
  job: z.string(),
  /** Folder that holds `model.safetensors` and `model.json`. */
  modelDirectory: z.string(),
  inputs: inputsFileSchema,
  batchSize: z.int().min(1).max(512),
});
export type PredictJob = z.infer<typeof predictJobSchema>;

/** Heat maps of a kept model: one for each pair of image and class. */
export const explainJobSchema = z.strictObject({
  kind: z.literal('explain'),
  job: z.string(),
  /** Folder that holds `model.safetensors` and `model.json`. */
  modelDirectory: z.string(),
  inputs: inputsFileSchema,
  method: heatMapMethodSchema,
  /** `index` is the image's place in the inputs file, `class` the index in the model's classes. */
  targets: z.array(z.strictObject({ index: z.int().nonnegative(), class: z.int().nonnegative() })).min(1),
  batchSize: z.int().min(1).max(512),
});
export type ExplainJob = z.infer<typeof explainJobSchema>;

export const explainedMapSchema = z.strictObject({
  index: z.int().nonnegative(),
  class: z.int().nonnegative(),
  /** Row-major, `edge × edge`, not normalised; Grad-CAM's are ≥ 0. */
  values: z.instanceof(Float32Array),
  /** The class's logit for the whole image. */
  score: z.number(),
});
export type ExplainedMap = z.infer<typeof explainedMapSchema>;

/** Reads a weights file's header and compares it with an architecture, without training. */
export const inspectWeightsJobSchema = z.strictObject({
  kind: z.literal('inspectWeights'),
  job: z.string(),
  path: z.string(),
  architecture: architectureSchema,
  head: headSchema,
});

export const computeRequestSchema = z.discriminatedUnion('kind', [
  /**
   * Choose this backend, prove it with the self-test, answer `ready` or `refused`. Sent once, first. `binding` is the path
   * of TensorFlow's Node-API addon for the two native backends. `engine` forces the composed operations; `fastest` takes the
   * fused ones where they exist and agree. `insist`: the user named this backend, so that it is taken where it works but is
   * slower than the next (WebGPU on a software device).
   */
  z.strictObject({
    kind: z.literal('start'),
    backend: backendNameSchema,
    binding: z.string().nullable(),
    engine: z.enum(['fastest', 'composed']),
    insist: z.boolean().default(false),
  }),
  trainJobSchema,
  rangeTestJobSchema,
  predictJobSchema,
  explainJobSchema,
  inspectWeightsJobSchema,
  z.strictObject({ kind: z.literal('cancel'), job: z.string() }),
  /** A training writes a checkpoint after the step it is at and ends with the outcome `paused`. */
  z.strictObject({ kind: z.literal('pause'), job: z.string() }),
  z.strictObject({ kind: z.literal('stop') }),
]);
export type ComputeRequest = z.infer<typeof computeRequestSchema>;

/** A validation image that was decided wrongly. */
export const mistakeSchema = z.strictObject({
  /** Its place in the inputs file. */
  index: z.int().nonnegative(),
  label: z.int().nonnegative(),
  predicted: z.int().nonnegative(),
  /** Of the label's class, and of the predicted one. */
  probabilities: z.strictObject({ label: z.number(), predicted: z.number() }),
});
export type Mistake = z.infer<typeof mistakeSchema>;

export const computeEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), info: backendInfoSchema }),
  z.strictObject({ kind: z.literal('refused'), code: z.string(), reason: z.string() }),
  /** `done` and `total` count images within the phase (`explaining`: heat maps, for occlusion covered pictures). */
  z.strictObject({
    kind: z.literal('progress'),
    job: z.string(),
    phase: z.enum(['loading', 'features', 'training', 'validation', 'predicting', 'explaining']),
    epoch: z.int().nonnegative(),
    epochs: z.int().nonnegative(),
    done: z.number(),
    total: z.number(),
    /** Mean training loss of the epoch so far. */
    loss: z.number().nullable(),
    accuracy: z.number().nullable(),
    imagesPerSecond: z.number().nullable(),
    /** Seconds to the end of the whole job. */
    etaSeconds: z.number().nullable(),
  }),
  /** `mistakes`: none where a training that goes on repeats an earlier epoch's record. */
  z.strictObject({
    kind: z.literal('epoch'),
    job: z.string(),
    record: epochRecordSchema,
    mistakes: z.array(mistakeSchema),
  }),
  /** A training goes on: in which epoch, after how many of its steps, and in words which checkpoints could not be used. */
  z.strictObject({
    kind: z.literal('resumed'),
    job: z.string(),
    /** Null where no checkpoint could be used, so that it starts from the beginning. */
    from: z
      .strictObject({ checkpoint: z.string(), epoch: z.int().positive(), steps: z.int().nonnegative() })
      .nullable(),
    refused: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('trained'),
    job: z.string(),
    /** `stoppedEarly`: by the rule of early stopping. `cancelled` keeps the best epoch so far, if there was one. */
    outcome: z.enum(['finished', 'stoppedEarly', 'paused', 'cancelled']),
    card: modelCardSchema.nullable(),
    peakMemoryBytes: z.number(),
  }),
  /** The smoothed loss of each step, as far as the test went. */
  z.strictObject({ kind: z.literal('rangeTested'), job: z.string(), points: z.array(rangePointSchema) }),
  /** Softmax probabilities, one row per image of the inputs file, one column per class. */
  z.strictObject({ kind: z.literal('predicted'), job: z.string(), probabilities: z.array(z.array(z.number())) }),
  /** Heat maps in the order of the job's targets. */
  z.strictObject({
    kind: z.literal('explained'),
    job: z.string(),
    edge: z.int().positive(),
    maps: z.array(explainedMapSchema),
  }),
  z.strictObject({
    kind: z.literal('weightsInspected'),
    job: z.string(),
    sha256: sha256Schema,
    /** Tensors that fit, and in words each that is missing, extra, of wrong shape or not finite. The last layer may differ. */
    matched: z.int().nonnegative(),
    problems: z.array(z.string()),
  }),
  /** The job ended without a result; `kept` says what of it remains. */
  z.strictObject({
    kind: z.literal('failed'),
    job: z.string(),
    code: z.enum([
      'CANCELLED',
      'BUSY',
      'OUT_OF_MEMORY',
      'WEIGHTS_REFUSED',
      'MODEL_REFUSED',
      'DIVERGED',
      'PRECISION_UNAVAILABLE',
      'INPUTS_UNREADABLE',
      'DISK',
      'INTERNAL',
    ]),
    message: z.string(),
    kept: z.string(),
  }),
]);
export type ComputeEvent = z.infer<typeof computeEventSchema>;
export type TrainedEvent = Extract<ComputeEvent, { kind: 'trained' }>;
