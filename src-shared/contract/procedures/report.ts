import { oc } from '@orpc/contract';
import { z } from 'zod';
import { reportEntrySchema, reportRequestSchema } from '../report.ts';
import { startedJob } from './common.ts';

/** Reports. */
export const reportProcedures = {
  start: oc.input(reportRequestSchema).output(startedJob),
  list: oc.output(z.array(reportEntrySchema)),
};
