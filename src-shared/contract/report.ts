import { z } from 'zod';
import { sha256Schema, timestampSchema } from './vocabulary.ts';

export const reportFormatSchema = z.enum(['pdf', 'html', 'csv', 'json', 'dicom-sr']);
export type ReportFormat = z.infer<typeof reportFormatSchema>;

export const reportRequestSchema = z.strictObject({
  runs: z.array(z.string()).min(1),
  formats: z.array(reportFormatSchema).min(1),
  /** Folder to write into; null for the project's own `reports/`. */
  directory: z.string().nullable(),
  /** Who answers for the report; printed on it. */
  author: z.string().max(100),
});

export const reportFileSchema = z.strictObject({
  path: z.string(),
  format: reportFormatSchema,
  bytes: z.int().nonnegative(),
  sha256: sha256Schema,
});
export type ReportFile = z.infer<typeof reportFileSchema>;

export const reportEntrySchema = z.strictObject({
  id: z.int(),
  at: timestampSchema,
  runs: z.array(z.string()),
  files: z.array(reportFileSchema),
});
