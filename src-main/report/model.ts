import { z } from 'zod';
import { auditDocumentSchema } from '../../src-shared/contract/audit.ts';
import { spreadSchema } from '../../src-shared/contract/comparisonStudy.ts';
import { agreementSchema } from '../../src-shared/contract/review.ts';
import { frozenPointSchema, testOpeningSchema } from '../../src-shared/contract/evaluation.ts';
import { comparisonDocumentSchema, metricsDocumentSchema, subgroupSchema } from '../../src-shared/contract/metrics.ts';
import { runGroupSchema } from '../../src-shared/contract/runGroups.ts';
import { runStateSchema } from '../../src-shared/contract/runs.ts';
import { backendInfoSchema, epochRecordSchema, runConfigurationSchema } from '../../src-shared/contract/training.ts';
import { setNameSchema, sha256Schema, timestampSchema } from '../../src-shared/contract/vocabulary.ts';

const count = z.int().nonnegative();

/** One image as the report names it: pseudonym, hash, set, label, probability, decision. */
export const reportPredictionSchema = z.strictObject({
  id: z.string(),
  patient: z.string(),
  pixelSha256: sha256Schema,
  set: setNameSchema,
  label: z.string(),
  probability: z.number(),
  /** Of every class in the order of the model's classes; null where there are two. */
  probabilities: z.array(z.number()).nullable(),
  threshold: z.number(),
  decision: z.string(),
  outcome: z.enum(['tp', 'fp', 'fn', 'tn']),
  /** What the readers say together of the model's call; null where they differ or nobody has answered. */
  review: z.enum(['agree', 'disagree', 'unsure']).nullable(),
  reviewNote: z.string(),
  /** Where the image came from DICOM: UIDs replaced consistently (PS3.15 annex E), frame 1 = first or null for a single one. */
  dicom: z
    .strictObject({
      study: z.string(),
      series: z.string(),
      instance: z.string(),
      sopClass: z.string(),
      frame: z.int().positive().nullable(),
    })
    .nullable()
    .default(null),
});
export type ReportPredictionRow = z.infer<typeof reportPredictionSchema>;

/** Any image of the project, with or without a prediction; hash, set and label are null where it has none. */
export const reportImageSchema = z.strictObject({
  id: z.string(),
  patient: z.string(),
  pixelSha256: sha256Schema.nullable(),
  set: setNameSchema.nullable(),
  label: z.string().nullable(),
  /** Left out on purpose. */
  excluded: z.boolean(),
});
export type ReportImage = z.infer<typeof reportImageSchema>;

export const reportModelSectionSchema = z.strictObject({
  classes: z.array(z.string()),
  /** Configuration without the path of the weights file, which may name a person or a folder. */
  configuration: runConfigurationSchema.omit({ weights: true }),
  initialWeights: z.enum(['random', 'file']),
  initialWeightsSha256: sha256Schema.nullable(),
  weightsSha256: sha256Schema.nullable(),
  snapshotSha256: sha256Schema.nullable(),
  selectedEpoch: z.int().positive().nullable(),
  selectionRule: z.string(),
  trainedWithVersion: z.string().nullable(),
  search: z
    .strictObject({
      method: z.string(),
      trials: count,
      ranges: z.array(z.strictObject({ parameter: z.string(), range: z.string() })),
    })
    .nullable(),
});

export const reportRunSchema = z.strictObject({
  id: z.string(),
  number: z.int().positive(),
  state: runStateSchema,
  createdAt: timestampSchema,
  endedAt: timestampSchema.nullable(),
  backend: backendInfoSchema.nullable(),
  peakMemoryBytes: z.number().nullable(),
  model: reportModelSectionSchema,
  epochs: z.array(epochRecordSchema),
  validation: metricsDocumentSchema.nullable(),
  test: metricsDocumentSchema.nullable(),
  /** Operating points as they were frozen, oldest first; the last was applied to the test set. */
  frozenPoints: z.array(frozenPointSchema),
  readings: z.array(
    z.strictObject({
      set: z.enum(['validation', 'test']),
      agreement: agreementSchema,
      audit: auditDocumentSchema.nullable(),
    }),
  ),
  predictions: z.array(reportPredictionSchema),
  subgroups: z.strictObject({ set: setNameSchema, rows: z.array(subgroupSchema) }).nullable(),
});
export type ReportRunModel = z.infer<typeof reportRunSchema>;

export const flowSchema = z.strictObject({
  filesFound: count,
  duplicates: count,
  refused: z.array(z.strictObject({ reason: z.string(), files: count })),
  images: count,
  patients: count,
  unlabelled: count,
  outsideSplit: count,
  /** Labelled images left out on purpose, by the reason given. */
  excluded: z.array(z.strictObject({ reason: z.string(), images: count })),
  sets: z.array(
    z.strictObject({
      set: setNameSchema,
      images: count,
      patients: count,
      classes: z.array(z.strictObject({ name: z.string(), images: count })),
    }),
  ),
});
export type Flow = z.infer<typeof flowSchema>;

/** How a comparison study came to the runs of this report. */
export const reportStudySchema = z.strictObject({
  number: z.int().positive(),
  method: z.string(),
  /** Of each architecture's search. */
  trials: count,
  epochs: count,
  seeds: count,
  searchSeed: count,
  ranges: z.array(z.strictObject({ parameter: z.string(), range: z.string() })),
  openedAt: timestampSchema.nullable(),
  arms: z.array(
    z.strictObject({
      architecture: z.string(),
      trial: z.int().positive().nullable(),
      trials: count,
      choice: z.array(z.strictObject({ parameter: z.string(), value: z.string() })),
      runs: z.array(
        z.strictObject({
          run: z.string(),
          seed: count,
          accuracy: z.number().nullable(),
          auc: z.number().nullable(),
          selected: z.boolean(),
        }),
      ),
      accuracy: spreadSchema.nullable(),
      auc: spreadSchema.nullable(),
    }),
  ),
});
export type ReportStudy = z.infer<typeof reportStudySchema>;

/** Trainings of one configuration over seeds or folds, with the spread of their validation figures. Without the configuration, which names files. */
export const reportRepeatsSchema = runGroupSchema.pick({ number: true, kind: true, runs: true, figures: true });
export type ReportRepeats = z.infer<typeof reportRepeatsSchema>;

/** Everything a report says; PDF, HTML, CSV and JSON are drawn from this and nothing else. */
export const reportModelSchema = z.strictObject({
  format: z.literal('parenchyma-report'),
  version: z.literal(1),
  title: z.string(),
  createdAt: timestampSchema,
  author: z.string(),
  softwareVersion: z.string(),
  notice: z.string(),
  intendedUse: z.string(),
  project: z.strictObject({
    name: z.string(),
    createdAt: timestampSchema,
    positiveClass: z.string(),
    classes: z.array(z.strictObject({ name: z.string(), positive: z.boolean(), images: count, patients: count })),
  }),
  data: z.strictObject({
    sources: z.array(z.strictObject({ name: z.string(), formats: z.string(), images: count, patients: count })),
    flow: flowSchema,
    labels: z.array(z.string()),
    deidentification: z.string(),
    split: z.array(z.string()),
    findings: z.array(z.string()),
  }),
  runs: z.array(reportRunSchema).min(1),
  /** Every image of the project as it stands, from which the counts of section 2 can be made again. */
  images: z.array(reportImageSchema).default([]),
  /** Runs on the same images of the same set; null for a single run or where images differ. */
  comparison: comparisonDocumentSchema.nullable(),
  /** The comparison study that selected these runs; null where none did. */
  study: reportStudySchema.nullable().default(null),
  /** Groups of repeats that runs of this report belong to. */
  repeats: z.array(reportRepeatsSchema).default([]),
  openings: z.array(testOpeningSchema),
  limitations: z.array(z.string()),
  claim: z.array(z.strictObject({ item: z.int(), topic: z.string(), answer: z.string() })),
});
export type ReportModel = z.infer<typeof reportModelSchema>;
