import { z } from 'zod';
import { operatingPointRuleSchema, operatingPointSchema } from './metrics.ts';
import { outcomeSchema, predictionMarksSchema } from './predictionMarks.ts';
import { setNameSchema, timestampSchema } from './vocabulary.ts';

export const evaluateRequestSchema = z.strictObject({
  run: z.string(),
  set: z.enum(['validation', 'test']),
  rule: operatingPointRuleSchema.default('youden'),
  interval: z.enum(['wilson', 'exact']).default('wilson'),
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

export const frozenOperatingPointSchema = operatingPointSchema;
