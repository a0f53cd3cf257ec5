import { z } from 'zod';

/** The one shape in which every long operation reports; times are seconds, rates are units of work per second. */
export const progressSchema = z.strictObject({
  job: z.string(),
  phase: z.string(),
  done: z.number().nonnegative(),
  /** Null while the amount of work is not known yet. */
  total: z.number().nonnegative().nullable(),
  rate: z.number().nonnegative().nullable(),
  etaSeconds: z.number().nonnegative().nullable(),
  message: z.string(),
});
export type Progress = z.infer<typeof progressSchema>;

/** Why a signal was aborted where nobody cancelled: the program ends, and what can go on later writes down how. */
export class ProgramEnds extends Error {
  constructor() {
    super('The program ends.');
  }
}

/** What a long operation is handed to report through and to learn that it was cancelled. */
export interface JobContext {
  report(progress: Omit<Progress, 'job'>): void;
  signal: AbortSignal;
}
