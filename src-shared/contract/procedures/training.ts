import { oc } from '@orpc/contract';
import { z } from 'zod';
import { preflightSchema, runDetailSchema, runSummarySchema } from '../runs.ts';
import { runConfigurationSchema } from '../training.ts';
import { done } from './common.ts';

/** Runs. */
export const trainingProcedures = {
  defaults: oc.output(runConfigurationSchema),
  preflight: oc.input(runConfigurationSchema).output(preflightSchema),
  start: oc.input(runConfigurationSchema).output(z.strictObject({ job: z.string(), run: z.string() })),
  runs: oc.output(z.array(runSummarySchema)),
  run: oc.input(z.strictObject({ run: z.string() })).output(runDetailSchema),
  /** Deletes a run with its model and predictions; not while it is under way. */
  remove: oc.input(z.strictObject({ run: z.string() })).output(done),
};
