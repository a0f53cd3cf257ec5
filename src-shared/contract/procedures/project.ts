import { oc } from '@orpc/contract';
import { z } from 'zod';
import { classSchema, projectSummarySchema, recentProjectSchema } from '../project.ts';
import { done, startedJob } from './common.ts';

/** Projects and their classes. */
export const projectProcedures = {
  recent: oc.output(z.array(recentProjectSchema)),
  current: oc.output(projectSummarySchema.nullable()),
  /** `directory` is the folder in which `NAME.parenchyma` is made; null for the user's documents. */
  create: oc
    .input(z.strictObject({ name: z.string().min(1).max(100), directory: z.string().nullable() }))
    .output(projectSummarySchema),
  open: oc.input(z.strictObject({ path: z.string().min(1) })).output(projectSummarySchema),
  close: oc.output(done),
  /** Writes the synthetic study, makes a project of it, imports, labels and splits it; then it is open. */
  sample: oc.output(startedJob),
  /** Replaces name, colour, key and positive flag of classes; new ones have id null. */
  saveClasses: oc
    .input(
      z
        .array(
          classSchema.pick({ name: true, color: true, positive: true, key: true }).extend({ id: z.int().nullable() }),
        )
        .min(1),
    )
    .output(projectSummarySchema),
};
