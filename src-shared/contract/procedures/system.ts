/** The program itself, what it does at present, and the stream of events. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { hostEventSchema, jobSchema } from '../events.ts';
import { diagnosisSchema } from '../runs.ts';
import { backendNameSchema } from '../vocabulary.ts';
import { done, startedJob } from './common.ts';

export const systemProcedures = {
  about: oc.output(
    z.strictObject({
      version: z.string(),
      shell: z.enum(['electron', 'loopback']),
      user: z.string(),
      home: z.string(),
    }),
  ),
  /** Chooses the backend on first call, which takes some seconds. */
  diagnose: oc.output(diagnosisSchema),
  /** From now on this backend only; null takes the best that works. Refused while anything is running. */
  chooseBackend: oc.input(z.strictObject({ backend: backendNameSchema.nullable() })).output(diagnosisSchema),
  /** Folders and files of one folder of the host's machine, for the folder picker of the browser shell. */
  browse: oc.input(z.strictObject({ path: z.string().nullable() })).output(
    z.strictObject({
      path: z.string(),
      parent: z.string().nullable(),
      folders: z.array(z.strictObject({ name: z.string(), path: z.string(), project: z.boolean() })),
      /** Files directly in the folder. */
      files: z.array(z.strictObject({ name: z.string(), path: z.string(), bytes: z.number() })),
      truncated: z.boolean(),
    }),
  ),
};

export const eventsProcedures = {
  watch: oc.output(eventIterator(hostEventSchema)),
};

export const jobsProcedures = {
  list: oc.output(z.array(jobSchema)),
  cancel: oc.input(startedJob).output(done),
};
