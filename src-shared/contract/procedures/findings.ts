/** Findings with their decisions, and snapshots. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import {
  acceptFindingSchema,
  findingCaseSchema,
  findingsDocumentSchema,
  reasonSchema,
  resolveFindingSchema,
} from '../findings.ts';
import { snapshotComparisonSchema, snapshotReferenceSchema, snapshotSummarySchema } from '../snapshots.ts';
import { page, startedJob } from './common.ts';

export const findingsProcedures = {
  list: oc.output(findingsDocumentSchema),
  /** Cases of one finding, open ones first, each with its images. */
  cases: oc
    .input(z.strictObject({ finding: z.string(), ...page }))
    .output(z.strictObject({ total: z.int(), items: z.array(findingCaseSchema) })),
  accept: oc.input(acceptFindingSchema).output(findingsDocumentSchema),
  reopen: oc.input(acceptFindingSchema).output(findingsDocumentSchema),
  resolve: oc.input(resolveFindingSchema).output(findingsDocumentSchema),
  /** Leaves images out of all sets, or takes them in again. */
  exclude: oc
    .input(
      z.strictObject({
        imageIds: z.array(z.int()).min(1).max(100_000),
        excluded: z.boolean(),
        reason: reasonSchema,
      }),
    )
    .output(z.strictObject({ changed: z.int() })),
  /** Measures and compares what is new, in the background. */
  check: oc.output(startedJob),
};

export const snapshotsProcedures = {
  list: oc.output(z.array(snapshotSummarySchema)),
  compare: oc
    .input(z.strictObject({ before: snapshotReferenceSchema, after: snapshotReferenceSchema }))
    .output(snapshotComparisonSchema),
};
