import { oc } from '@orpc/contract';
import { z } from 'zod';
import { comparisonStudyRequestSchema, comparisonStudySchema } from '../comparisonStudy.ts';
import { done } from './common.ts';

const study = z.strictObject({ study: z.string() });
const started = study.extend({ job: z.string() });

/** Comparisons of architectures, from search to report. */
export const comparisonStudiesProcedures = {
  start: oc.input(comparisonStudyRequestSchema).output(started),
  list: oc.output(z.array(comparisonStudySchema)),
  /** Stops where it can go on. */
  pause: oc.input(study).output(done),
  resume: oc.input(study).output(started),
  /** Forgets a study; its searches, runs and openings of the test set stay. */
  remove: oc.input(study).output(done),
};
