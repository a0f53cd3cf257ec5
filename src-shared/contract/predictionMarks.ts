import { z } from 'zod';

/** Outcome of one decision against the reference standard. */
export const outcomeSchema = z.enum(['tp', 'fp', 'fn', 'tn']);
export type Outcome = z.infer<typeof outcomeSchema>;

/**
 * Which predictions of one run and set a mark of a chart or table stands for: a cell of the confusion matrix, a bin, a point of a
 * curve, a subgroup, a cell of the comparison. All conditions that are given hold together.
 */
export const predictionMarksSchema = z.strictObject({
  outcome: outcomeSchema.nullable().default(null),
  /** Class of the reference standard. */
  label: z.string().max(64).nullable().default(null),
  /** Class with the highest probability, which is the decision where a model tells more than two classes apart. */
  called: z.string().max(64).nullable().default(null),
  /** Probability of the positive class: from ≤ p < to; `to` = 1 includes 1. */
  probability: z
    .strictObject({ from: z.number().min(0).max(1), to: z.number().min(0).max(1) })
    .nullable()
    .default(null),
  /** A subgroup, e.g. Scanner and its level. */
  group: z
    .strictObject({ attribute: z.string().max(64), level: z.string().max(200) })
    .nullable()
    .default(null),
  /** Pseudonym of one patient. */
  patient: z.string().max(64).nullable().default(null),
  /** Images by which of two runs decides rightly, each at its own operating point; `different`: exactly one of them. */
  against: z
    .strictObject({
      run: z.string().max(100),
      right: z.enum(['only-this', 'only-other', 'both', 'neither', 'different']),
    })
    .nullable()
    .default(null),
});
export type PredictionMarks = z.infer<typeof predictionMarksSchema>;

export const noMarks: PredictionMarks = predictionMarksSchema.parse({});
