import { oc } from '@orpc/contract';
import { z } from 'zod';
import { runGroupRequestSchema, runGroupSchema } from '../runGroups.ts';

/** One configuration trained several times. */
export const groupsProcedures = {
  /** Puts a run for each repeat into the queue. */
  start: oc.input(runGroupRequestSchema).output(z.strictObject({ group: z.string(), runs: z.array(z.string()) })),
  list: oc.output(z.array(runGroupSchema)),
};
