import { z } from 'zod';
import { aggregationSchema, choosableRuleSchema, operatingPointSchema } from './metrics.ts';
import { outcomeSchema, predictionMarksSchema } from './predictionMarks.ts';
import { setNameSchema, timestampSchema } from './vocabulary.ts';

export const evaluateRequestSchema = z.strictObject({
  run: z.string(),
  set: z.enum(['validation', 'test']),
  /** Null: the operating point in force, or Youden's where none is. On the test set the one chosen on validation is applied. */
  rule: choosableRuleSchema.nullable().default(null),
  interval: z.enum(['wilson', 'exact']).default('wilson'),
  aggregation: aggregationSchema.default('mean'),
  /** Who opens the test set; written to its history. Required for the test set. */
  openedBy: z.string().max(100).default(''),
});
export type EvaluateRequest = z.infer<typeof evaluateRequestSchema>;

export const testOpeningSchema = z.strictObject({
  run: z.string(),
  openedBy: z.string(),
  at: timestampSchema,
});
export type TestOpening = z.infer<typeof testOpeningSchema>;

export const predictionRowSchema = z.strictObject({
  imageId: z.int(),
  fileName: z.string(),
  patient: z.string(),
  set: setNameSchema,
  /** Class of the reference standard. */
  label: z.string(),
  /** Probability of the positive class. */
  probability: z.number(),
  /** Class called at the operating point. */
  decision: z.string(),
  outcome: outcomeSchema,
});
export type PredictionRow = z.infer<typeof predictionRowSchema>;

export const predictionFilterSchema = z.strictObject({
  run: z.string(),
  set: z.enum(['validation', 'test']),
  ...predictionMarksSchema.shape,
  sort: z.enum(['loss', 'probability', 'fileName', 'patient']).default('loss'),
  descending: z.boolean().default(true),
  offset: z.int().nonnegative().default(0),
  limit: z.int().min(1).max(1000).default(200),
});

/** An operating point as it was frozen: by whom, when and why. Entries are never changed; the last one is in force. */
export const frozenPointSchema = operatingPointSchema.extend({
  frozenBy: z.string(),
  reason: z.string(),
  at: timestampSchema,
});
export type FrozenPoint = z.infer<typeof frozenPointSchema>;

export const freezeRequestSchema = z.strictObject({
  run: z.string(),
  threshold: z.number().min(0).max(1),
  /** Rule that gave the threshold; `manual` where it was moved by hand. */
  rule: operatingPointSchema.shape.rule,
  frozenBy: z.string().trim().min(1).max(100),
  reason: z.string().trim().max(500).default(''),
});
export type FreezeRequest = z.infer<typeof freezeRequestSchema>;

export const operatingPointStateSchema = z.strictObject({
  /** Oldest first. */
  history: z.array(frozenPointSchema),
  /** Since the test set was opened with the run, the point cannot be moved any more. */
  testOpened: z.boolean(),
});
export type OperatingPointState = z.infer<typeof operatingPointStateSchema>;

/** One image as two runs see it. */
export const pairedPredictionSchema = z.strictObject({
  imageId: z.int(),
  fileName: z.string(),
  patient: z.string(),
  label: z.string(),
  /** Probability of the positive class by each run. */
  first: z.number(),
  second: z.number(),
});
export type PairedPrediction = z.infer<typeof pairedPredictionSchema>;

const against = predictionMarksSchema.shape.against.unwrap().unwrap();
export const pairRequestSchema = z.strictObject({
  first: z.string(),
  second: z.string(),
  set: z.enum(['validation', 'test']),
  /** Which of the two decides rightly; null for all images. */
  right: against.shape.right.nullable().default(null),
  offset: z.int().nonnegative().default(0),
  limit: z.int().min(1).max(1000).default(200),
});
export type PairRequest = z.infer<typeof pairRequestSchema>;

export const compareRequestSchema = z.strictObject({
  runs: z.array(z.string()).min(2).max(12),
  set: z.enum(['validation', 'test']),
});
export type CompareRequest = z.infer<typeof compareRequestSchema>;
