/** Inputs and answers that procedures of several domains share. */
import { z } from 'zod';

/** A long operation was started; its progress comes with the events. */
export const startedJob = z.strictObject({ job: z.string() });
/** Nothing to say but that it was done. */
export const done = z.strictObject({});
export const judgedSet = z.strictObject({ run: z.string(), set: z.enum(['validation', 'test']) });
export const imageIds = z.strictObject({ imageIds: z.array(z.int()).max(20_000) });
/** Part of a list: from `offset`, at most `limit`. */
export const page = { offset: z.int().nonnegative(), limit: z.int().min(1).max(1000) };
