/** What lies on the disk of a run or of a search. */
import { z } from 'zod';

export const diskUseSchema = z.strictObject({
  /** Weights and cards of kept models. */
  modelBytes: z.number().nonnegative(),
  checkpoints: z.int().nonnegative(),
  checkpointBytes: z.number().nonnegative(),
  /** Orders, records and whatever else belongs to it. */
  otherBytes: z.number().nonnegative(),
});
export type DiskUse = z.infer<typeof diskUseSchema>;
