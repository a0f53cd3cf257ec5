/** What a run says of pictures that are not in the library. Nothing of them becomes training data. */
import { z } from 'zod';
import { rejectionSchema } from './library.ts';
import { aggregationSchema } from './metrics.ts';
import { sha256Schema, timestampSchema } from './vocabulary.ts';

export const studyRequestSchema = z.strictObject({
  run: z.string(),
  /** Files and folders on the host's machine. */
  paths: z.array(z.string().min(1)).max(10_000),
  /** A batch of files whose bytes were sent because the page cannot say where they lie; they are removed with the result. */
  dropped: z.uuid().nullable().default(null),
});
export type StudyRequest = z.infer<typeof studyRequestSchema>;

export const studyImageSchema = z.strictObject({
  /** Below 0: such images are in no library, and their ids mean something only while the project stays open. */
  imageId: z.int().negative(),
  path: z.string(),
  fileName: z.string(),
  frame: z.int().nonnegative(),
  fileSha256: sha256Schema,
  /** Made-up name, "New 1", in the order of the files. */
  patient: z.string(),
  probabilities: z.record(z.string(), z.number()),
  /** Of the positive class. */
  probability: z.number(),
  /** Class called at the operating point. */
  decision: z.string(),
  /** In words, in what the picture differs from those the run was trained on. */
  warnings: z.array(z.string()),
});
export type StudyImage = z.infer<typeof studyImageSchema>;

export const studyPatientSchema = z.strictObject({
  patient: z.string(),
  images: z.int().positive(),
  probability: z.number(),
  decision: z.string(),
  /** Images with a warning. */
  warned: z.int().nonnegative(),
});
export type StudyPatient = z.infer<typeof studyPatientSchema>;

export const studyDocumentSchema = z.strictObject({
  id: z.string(),
  run: z.string(),
  at: timestampSchema,
  positiveClass: z.string(),
  threshold: z.number(),
  /** Where the threshold comes from: chosen on validation and frozen, chosen on validation, or 0.5 because the run was not evaluated. */
  thresholdFrom: z.enum(['frozen', 'validation', 'default']),
  /** How the probabilities of a patient's images become one. */
  aggregation: aggregationSchema,
  predictions: z.array(studyImageSchema),
  patients: z.array(studyPatientSchema),
  rejected: z.array(rejectionSchema),
  warnings: z.array(z.string()),
  notice: z.string(),
});
export type StudyDocument = z.infer<typeof studyDocumentSchema>;
