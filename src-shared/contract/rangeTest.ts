/** Learning-rate range test (Smith 2017): a short training whose rate grows from step to step, to see where learning begins and ends. */
import { z } from 'zod';

export const rangePointSchema = z.strictObject({
  learningRate: z.number().positive(),
  /** Training loss, smoothed over the steps before. */
  loss: z.number(),
});
export type RangePoint = z.infer<typeof rangePointSchema>;

export const rangeTestResultSchema = z.strictObject({
  points: z.array(rangePointSchema),
  /** Null where the loss fell nowhere. */
  suggestion: z.number().positive().nullable(),
  /** How the suggestion was found, or why there is none. */
  words: z.string(),
});
export type RangeTestResult = z.infer<typeof rangeTestResultSchema>;
