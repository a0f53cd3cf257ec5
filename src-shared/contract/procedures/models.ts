/** Weights files and models that go out and come in. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { exportRequestSchema, foundWeightsSchema, officialWeightsSchema } from '../modelFiles.ts';
import { architectureSchema } from '../vocabulary.ts';
import { startedJob } from './common.ts';

export const weightsProcedures = {
  /** What an architecture's official weights are, and where they lie if they have been downloaded. Uses no network. */
  official: oc.input(z.strictObject({ architecture: architectureSchema })).output(officialWeightsSchema),
  /** Weights files that are on this computer: those kept for all projects, and those that runs of this project started from. */
  found: oc.output(z.array(foundWeightsSchema)),
  /** The only use of the network there is; it goes on where an earlier try ended. */
  download: oc.input(z.strictObject({ architecture: architectureSchema })).output(startedJob),
};

export const modelsProcedures = {
  /** Writes a run's model into a folder. */
  export: oc.input(exportRequestSchema).output(startedJob),
  /** Takes over a model folder that was saved elsewhere; it becomes a run. */
  import: oc.input(z.strictObject({ path: z.string().min(1) })).output(startedJob),
};
