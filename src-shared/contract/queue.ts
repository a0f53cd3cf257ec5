/** Runs that wait for their turn, and what is seen of a run while it is under way. */
import { z } from 'zod';
import { timestampSchema } from './vocabulary.ts';

export const waitingRunSchema = z.strictObject({
  run: z.string(),
  /** 1 is the next one. */
  position: z.int().positive(),
});

export const queueSchema = z.strictObject({
  /** After a project was opened with runs waiting nothing starts until somebody says so. */
  held: z.boolean(),
  running: z.strictObject({ run: z.string(), job: z.string() }).nullable(),
  waiting: z.array(waitingRunSchema),
});
export type Queue = z.infer<typeof queueSchema>;

/** `position` 0: it has started. */
export const enqueuedSchema = z.strictObject({ run: z.string(), position: z.int().nonnegative() });
export type Enqueued = z.infer<typeof enqueuedSchema>;

/** A validation image that the newest epoch decided wrongly. */
export const exampleSchema = z.strictObject({
  image: z.int(),
  label: z.string(),
  predicted: z.string(),
  /** Of the label's class. */
  probability: z.number(),
});

/** The worst first, 24 at most. */
export const examplesSchema = z.strictObject({ epoch: z.int().positive(), examples: z.array(exampleSchema) });
export type Examples = z.infer<typeof examplesSchema>;

/** Something that happened to a run, as one sentence: paused, interrupted, gone on with, a damaged checkpoint, extended. */
export const runEventSchema = z.strictObject({ at: timestampSchema, words: z.string() });
export type RunEvent = z.infer<typeof runEventSchema>;
