import { oc } from '@orpc/contract';
import { z } from 'zod';
import { heatMapModelSchema, heatMapRequestSchema } from '../heatmaps.ts';
import { startedJob } from './common.ts';

/** What a model looks at. */
export const heatmapsProcedures = {
  /** What a run's heat maps look like; fails where the run has no model. */
  model: oc.input(z.strictObject({ run: z.string() })).output(heatMapModelSchema),
  /** Makes the maps of many images, which the route then gives at once. Waits while something else is computed. */
  prepare: oc.input(heatMapRequestSchema).output(startedJob),
  /** Rank correlation of an image's Grad-CAM with its occlusion map, over their cells; null until both have been made. */
  agreement: oc
    .input(z.strictObject({ run: z.string(), imageId: z.int(), class: z.int().nonnegative().nullable() }))
    .output(z.strictObject({ correlation: z.number().nullable() })),
};
