/** Readers' verdicts on predictions: the worklist, its history, and how well readers and model agree. */
import { z } from 'zod';
import { predictionFilterSchema, predictionRowSchema } from './evaluation.ts';
import { kappaSchema } from './metrics.ts';
import { sha256Schema, timestampSchema } from './vocabulary.ts';

/**
 * What a reader says to one prediction. `relabel`: the reference standard is wrong and gets the class named; `exclude`: the image
 * shall not be used by later runs.
 */
export const verdictSchema = z.enum(['agree', 'disagree', 'unsure', 'relabel', 'exclude']);
export type Verdict = z.infer<typeof verdictSchema>;

/** What a verdict says of the image itself, whatever the model said: the positive class or not, undecided, or not usable. */
export const answerSchema = z.enum(['positive', 'negative', 'unsure', 'excluded']);
export type Answer = z.infer<typeof answerSchema>;

/** A reader's own verdict, or the third decision where readers differ. */
export const reviewRoleSchema = z.enum(['reader', 'adjudicator']);
export type ReviewRole = z.infer<typeof reviewRoleSchema>;

/** `open`: the prediction is in sight. `blinded`: hidden until answered, in random order. `adjudicate`: cases on which readers differ. */
export const readingModeSchema = z.enum(['open', 'blinded', 'adjudicate']);
export type ReadingMode = z.infer<typeof readingModeSchema>;

export const readerSchema = z.strictObject({ id: z.int(), name: z.string(), addedAt: timestampSchema });
export type Reader = z.infer<typeof readerSchema>;
export const readerNameSchema = z.string().trim().min(1).max(60);

/** The verdict of one reader on one prediction that is in force. */
export const reviewSchema = z.strictObject({
  reader: z.string(),
  role: reviewRoleSchema,
  /** Null where there is a comment only. */
  verdict: verdictSchema.nullable(),
  answer: answerSchema.nullable(),
  /** Class the reader named, where one was named. */
  className: z.string().nullable(),
  comment: z.string(),
  /** The prediction was hidden when the reader answered. */
  blinded: z.boolean(),
  /** From the picture's appearance to the answer; null where it was not measured. */
  seconds: z.number().nullable(),
  at: timestampSchema,
});
export type Review = z.infer<typeof reviewSchema>;

/** One entry of the append-only history. */
export const reviewEntrySchema = reviewSchema.extend({
  /** `withdrawn`: the reader took the verdict back; `comment`: only the comment changed. */
  verdict: z.enum([...verdictSchema.options, 'withdrawn', 'comment']),
  undo: z.boolean(),
});
export type ReviewEntry = z.infer<typeof reviewEntrySchema>;

export const worklistOrderSchema = z.enum([
  'loss',
  'uncertainty',
  'disagreement',
  'class',
  'probability',
  'fileName',
  'patient',
]);
export type WorklistOrder = z.infer<typeof worklistOrderSchema>;

export const worklistShowSchema = z.enum(['all', 'unanswered', 'answered', 'disputed', 'marked']);
export type WorklistShow = z.infer<typeof worklistShowSchema>;

/** In blinded mode everything of `filter` but run, set and page is ignored, since it would tell of the prediction. */
export const worklistRequestSchema = z.strictObject({
  filter: predictionFilterSchema,
  order: worklistOrderSchema.default('loss'),
  show: worklistShowSchema.default('all'),
  mode: readingModeSchema.default('open'),
  reader: readerNameSchema,
});
export type WorklistRequest = z.infer<typeof worklistRequestSchema>;

/** A prediction with what this reader may see of it. While `revealed` is false everything that hints at the answer is null. */
export const worklistRowSchema = z.strictObject({
  imageId: z.int(),
  revealed: z.boolean(),
  fileName: z.string().nullable(),
  patient: z.string(),
  /** Class of the reference standard as the run has it. */
  label: z.string().nullable(),
  /** Class in force where it is another one by now. */
  relabelledTo: z.string().nullable(),
  excluded: z.boolean(),
  probability: z.number().nullable(),
  decision: z.string().nullable(),
  /** Probability of every class, the highest first; null where there are two, or while they are hidden. */
  classes: z.array(z.strictObject({ name: z.string(), probability: z.number() })).nullable(),
  outcome: predictionRowSchema.shape.outcome.nullable(),
  /** This reader's own verdict in the role of the mode. */
  review: reviewSchema.nullable(),
  /** The other readers' verdicts; empty until this reader has answered. */
  others: z.array(reviewSchema),
  /** The third decision, once the reader has answered. */
  adjudication: reviewSchema.nullable(),
  /** Readers differ, as far as this reader may know. */
  disputed: z.boolean(),
});
export type WorklistRow = z.infer<typeof worklistRowSchema>;

export const beginReadingSchema = z.strictObject({
  run: z.string(),
  set: predictionFilterSchema.shape.set,
  reader: readerNameSchema,
  mode: readingModeSchema,
});

export const readingSchema = z.strictObject({
  /** Seed of the random order; null where the order is not random. */
  seed: z.int().nonnegative().nullable(),
  /** When this reader first saw these predictions unblinded; null if never. */
  seenAt: timestampSchema.nullable(),
});
export type Reading = z.infer<typeof readingSchema>;

export const saveReviewSchema = z.strictObject({
  run: z.string(),
  set: predictionFilterSchema.shape.set,
  imageId: z.int(),
  reader: readerNameSchema,
  mode: readingModeSchema,
  /** Null keeps the verdict and changes the comment only. */
  verdict: z.union([verdictSchema, z.literal('withdrawn')]).nullable(),
  /**
   * Class of the reader's own answer: needed for `relabel`, and in blinded mode, where agree or disagree follows from it.
   */
  classId: z.int().nullable(),
  /** Null keeps the comment. */
  comment: z.string().max(2000).nullable(),
  seconds: z.number().nonnegative().max(86_400).nullable(),
});
export type SaveReview = z.infer<typeof saveReviewSchema>;

export const undoReviewSchema = saveReviewSchema.pick({ run: true, set: true, reader: true, mode: true });

export const agreementRequestSchema = z.strictObject({ run: z.string(), set: predictionFilterSchema.shape.set });

const count = z.int().nonnegative();

export const readerAgreementSchema = z.strictObject({
  reader: z.string(),
  answered: count,
  agree: count,
  disagree: count,
  unsure: count,
  excluded: count,
  relabelled: count,
  blinded: count,
  medianSeconds: z.number().nullable(),
  /** Reader against the model's decision at the operating point, over the cases that the reader called. */
  model: kappaSchema,
});
export type ReaderAgreement = z.infer<typeof readerAgreementSchema>;

/** How well readers and model agree on one run and set; unsure and excluded cases are counted and left out of κ. */
export const agreementSchema = z.strictObject({
  predictions: count,
  readers: z.array(readerAgreementSchema),
  pairs: z.array(z.strictObject({ first: z.string(), second: z.string(), kappa: kappaSchema })),
  /** Cases on which readers differ, and those of them with a third decision. */
  disputed: count,
  adjudicated: count,
  /** Images of this run and set whose label is another one by now, and those excluded from later runs. */
  relabelled: count,
  excluded: count,
});
export type Agreement = z.infer<typeof agreementSchema>;

/** A verdict in force beside what it was given to, as it may leave the project. */
export const reviewExportSchema = reviewSchema.extend({
  verdict: verdictSchema,
  /** Pseudonymous id, as in reports. */
  image: z.string(),
  imageId: z.int(),
  patient: z.string(),
  pixelSha256: sha256Schema,
  set: predictionFilterSchema.shape.set,
  label: z.string(),
  probability: z.number(),
  decision: z.string(),
});
export type ReviewExport = z.infer<typeof reviewExportSchema>;
