import { oc } from '@orpc/contract';
import { z } from 'zod';
import { searchDetailSchema, searchRequestSchema, searchSummarySchema } from '../search.ts';
import { epochRecordSchema } from '../training.ts';
import { diskUseSchema } from '../diskUse.ts';
import { done } from './common.ts';

const search = z.strictObject({ search: z.string() });
const started = z.strictObject({ job: z.string(), search: z.string() });

/** Hyperparameter searches. */
export const searchProcedures = {
  start: oc.input(searchRequestSchema).output(started),
  list: oc.output(z.array(searchSummarySchema)),
  search: oc.input(search).output(searchDetailSchema),
  /** Of all its trials. */
  diskUse: oc.input(search).output(diskUseSchema),
  epochs: oc.input(search.extend({ trial: z.int().positive() })).output(z.array(epochRecordSchema)),
  /** Stops the workers where their trials can go on; nothing is lost. */
  pause: oc.input(search).output(done),
  resume: oc.input(search).output(started),
  /** Ends a search for good; what its trials reached stays. */
  cancel: oc.input(search).output(done),
  /** Makes a run of the best trial on validation. */
  promote: oc.input(search).output(z.strictObject({ run: z.string() })),
  remove: oc.input(search).output(done),
};
