import { oc } from '@orpc/contract';
import { z } from 'zod';
import {
  compareRequestSchema,
  evaluateRequestSchema,
  freezeRequestSchema,
  operatingPointStateSchema,
  pairedPredictionSchema,
  pairRequestSchema,
  predictionFilterSchema,
  predictionRowSchema,
  testOpeningSchema,
} from '../evaluation.ts';
import {
  aggregationSchema,
  comparisonDocumentSchema,
  metricsDocumentSchema,
  patientLevelSchema,
  subgroupSchema,
} from '../metrics.ts';
import { setNameSchema } from '../vocabulary.ts';
import { judgedSet, startedJob } from './common.ts';

/** Predictions, figures and operating points of a run. */
export const evaluationProcedures = {
  /** Predicts the set with the run's best epoch and stores the metrics; on `test` the opening is recorded first. */
  start: oc.input(evaluateRequestSchema).output(startedJob),
  document: oc.input(z.strictObject({ run: z.string(), set: setNameSchema })).output(metricsDocumentSchema.nullable()),
  predictions: oc
    .input(predictionFilterSchema)
    .output(z.strictObject({ total: z.int(), items: z.array(predictionRowSchema) })),
  openings: oc.output(z.array(testOpeningSchema)),
  /** Frozen operating points of a run, and whether it can still be moved. */
  operatingPoint: oc.input(z.strictObject({ run: z.string() })).output(operatingPointStateSchema),
  /** Freezes an operating point chosen on validation, with a name; refused once the test set was opened with the run. */
  freeze: oc.input(freezeRequestSchema).output(metricsDocumentSchema),
  subgroups: oc.input(judgedSet).output(z.array(subgroupSchema)),
  /** Patients as the unit by another rule of aggregation than the stored one; null where no patient has several images. */
  patientLevel: oc.input(judgedSet.extend({ aggregation: aggregationSchema })).output(patientLevelSchema.nullable()),
  /** Runs that have results on a set. */
  evaluated: oc.input(judgedSet.pick({ set: true })).output(z.array(z.string())),
  compare: oc.input(compareRequestSchema).output(comparisonDocumentSchema),
  pairs: oc.input(pairRequestSchema).output(z.strictObject({ total: z.int(), items: z.array(pairedPredictionSchema) })),
};
