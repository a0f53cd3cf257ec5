import { oc } from '@orpc/contract';
import { z } from 'zod';
import { auditDocumentSchema, auditRequestSchema } from '../audit.ts';
import { startedJob } from './common.ts';

/** The shortcut audit of a run. */
export const auditProcedures = {
  /** Does the run look at the patient? Measures heat maps and compares with what metadata alone can tell. */
  start: oc.input(auditRequestSchema).output(startedJob),
  /** The last audit of the run on the set; null before the first. */
  document: oc
    .input(z.strictObject({ run: z.string(), set: auditRequestSchema.shape.set }))
    .output(auditDocumentSchema.nullable()),
};
