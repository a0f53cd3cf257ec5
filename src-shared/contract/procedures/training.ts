import { oc } from '@orpc/contract';
import { z } from 'zod';
import { enqueuedSchema, examplesSchema, queueSchema, waitingRunSchema } from '../queue.ts';
import { preflightSchema, runDetailSchema, runSummarySchema } from '../runs.ts';
import { runConfigurationSchema } from '../training.ts';
import { done, startedJob } from './common.ts';

const oneRun = z.strictObject({ run: z.string() });

/** Runs. */
export const trainingProcedures = {
  defaults: oc.output(runConfigurationSchema),
  preflight: oc.input(runConfigurationSchema).output(preflightSchema),
  start: oc.input(runConfigurationSchema).output(z.strictObject({ job: z.string(), run: z.string() })),
  /** Records a run that starts when its turn comes, at once where nothing else is under way. */
  enqueue: oc.input(runConfigurationSchema).output(enqueuedSchema),
  queue: oc.output(queueSchema),
  /** Puts a waiting run at this position, 1 being the next. */
  moveInQueue: oc.input(waitingRunSchema).output(queueSchema),
  /** Lets the queue go on that was held when the project was opened. */
  continueQueue: oc.output(queueSchema),
  /** Asks the run under way to write a checkpoint and stop; a waiting one is taken out of the queue. Both go on with `resume`. */
  pause: oc.input(oneRun).output(done),
  /** Goes on with a paused, interrupted, cancelled or failed run from its newest sound checkpoint, as the next in the queue. */
  resume: oc.input(oneRun).output(enqueuedSchema),
  /** Trains an ended run for more epochs; `words` say how its schedule goes on and what becomes of its figures. */
  extend: oc
    .input(oneRun.extend({ epochs: z.int().min(1).max(10_000) }))
    .output(enqueuedSchema.extend({ words: z.string() })),
  /** Stops the run under way, or gives up a waiting or paused one; its best epoch so far is kept. */
  cancel: oc.input(oneRun).output(done),
  /** What the newest epoch got wrong; null before the first. */
  examples: oc.input(oneRun).output(examplesSchema.nullable()),
  /** Tries growing learning rates for a minute or two; the job's result has the losses and a suggestion. */
  rangeTest: oc.input(runConfigurationSchema).output(startedJob),
  runs: oc.output(z.array(runSummarySchema)),
  run: oc.input(oneRun).output(runDetailSchema),
  /** Deletes a run with its model and predictions; not while it is under way. */
  remove: oc.input(oneRun).output(done),
};
