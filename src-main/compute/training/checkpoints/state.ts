import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TrainJob } from '../../../../src-shared/contract/compute.ts';
import { epochRecordSchema } from '../../../../src-shared/contract/training.ts';
import { sha256Schema, timestampSchema } from '../../../../src-shared/contract/vocabulary.ts';

const sums = { loss: z.number(), weights: z.number() };

/** How far an epoch has come. Order, random changes and dropout of its steps follow from seed, epoch and step. */
export const epochProgressSchema = z.strictObject({
  epoch: z.int().positive(),
  training: z.strictObject({ ...sums, steps: z.int(), done: z.int(), correct: z.int() }),
  validation: z.strictObject({ ...sums, steps: z.int(), rows: z.array(z.array(z.number())) }),
  /** Spent on the epoch so far. */
  seconds: z.strictObject({ training: z.number(), validation: z.number() }),
});
export type EpochProgress = z.infer<typeof epochProgressSchema>;

export function startOf(epoch: number): EpochProgress {
  return {
    epoch,
    training: { loss: 0, weights: 0, steps: 0, done: 0, correct: 0 },
    validation: { loss: 0, weights: 0, steps: 0, rows: [] },
    seconds: { training: 0, validation: 0 },
  };
}

/** Everything beside the tensors that decides how a training goes on. */
export const trainingStateSchema = z.strictObject({
  /** Of whatever must be the same for the training to be the same; see `identityOf`. */
  identity: sha256Schema,
  writtenAt: timestampSchema,
  progress: epochProgressSchema,
  /** Steps the optimiser has taken; Adam's corrections and the schedule follow it. */
  optimiserSteps: z.int().nonnegative(),
  /** Epoch whose model is kept. */
  best: z.strictObject({ epoch: z.int().positive(), validation: epochRecordSchema.shape.validation }).nullable(),
  stopping: z.strictObject({
    lowestLoss: z.number().nullable(),
    highestAccuracy: z.number().nullable(),
    without: z.int().nonnegative(),
  }),
  /** Losses of the last steps, for the rule of divergence. */
  lastLosses: z.array(z.number()),
  records: z.array(epochRecordSchema),
  /** In the order in which their values follow: each variable, then its moments. */
  tensors: z.array(
    z.strictObject({ name: z.string(), shape: z.array(z.int().positive()), moments: z.int().min(0).max(2) }),
  ),
});
export type TrainingState = z.infer<typeof trainingStateSchema>;

/**
 * Two jobs with the same identity go through the same steps, so the checkpoint of one may be gone on with by the other. How many epochs
 * there are, and when to stop early, is not part of it, except where the schedule spans the epochs: a run may be extended.
 */
export function identityOf(job: TrainJob, initialWeightsSha256: string | null): string {
  const { epochs, scheduleEpochs, earlyStopping: _when, weights: _path, ...rest } = job.configuration;
  const spans = rest.schedule.kind === 'cosine' || rest.schedule.kind === 'oneCycle';
  const document = {
    version: 1,
    configuration: rest,
    scheduleEpochs: spans ? (scheduleEpochs ?? epochs) : null,
    initialWeightsSha256,
    snapshotSha256: job.snapshotSha256,
    classes: job.classes,
    positive: job.positive,
    inputs: { size: job.inputs.size, count: job.inputs.count },
    items: job.items.map(({ index, label, set }) => [index, label, set]),
  };
  return createHash('sha256').update(JSON.stringify(document)).digest('hex');
}
