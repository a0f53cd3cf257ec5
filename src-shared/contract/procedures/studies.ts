import { oc } from '@orpc/contract';
import { z } from 'zod';
import { studyDocumentSchema, studyRequestSchema } from '../studies.ts';
import { done, startedJob } from './common.ts';

/** Predictions on pictures outside of the library. */
export const studiesProcedures = {
  /** Predicts pictures that are not in the library; nothing of them is stored in the project. */
  start: oc.input(studyRequestSchema).output(startedJob),
  /** What was predicted since the project was opened, the last first. */
  list: oc.output(z.array(studyDocumentSchema)),
  /** Forgets a result; files that were dropped for it are removed. */
  forget: oc.input(z.strictObject({ study: z.string() })).output(done),
};
