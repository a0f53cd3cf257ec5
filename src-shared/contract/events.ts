import { z } from 'zod';
import { failureSchema } from './errors.ts';
import { importResultSchema } from './library.ts';
import { exportedFileSchema } from './modelFiles.ts';
import { progressSchema } from './progress.ts';
import { rangeTestResultSchema } from './rangeTest.ts';
import { reportFileSchema } from './report.ts';
import { trialSchema } from './search.ts';
import { epochRecordSchema } from './training.ts';
import { sha256Schema } from './vocabulary.ts';

export const jobKindSchema = z.enum([
  'import',
  'check',
  'sample',
  'train',
  'rangeTest',
  'search',
  'comparisonStudy',
  'evaluate',
  'heatmaps',
  'audit',
  'study',
  'export',
  'importModel',
  'download',
  'report',
]);
export type JobKind = z.infer<typeof jobKindSchema>;

export const jobResultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('import'), result: importResultSchema }),
  z.strictObject({ kind: z.literal('check'), findings: z.int() }),
  z.strictObject({ kind: z.literal('sample'), path: z.string() }),
  z.strictObject({ kind: z.literal('train'), run: z.string() }),
  z.strictObject({ kind: z.literal('rangeTest'), result: rangeTestResultSchema }),
  z.strictObject({ kind: z.literal('comparisonStudy'), study: z.string() }),
  z.strictObject({ kind: z.literal('search'), search: z.string(), best: z.int().nullable() }),
  z.strictObject({ kind: z.literal('evaluate'), run: z.string() }),
  z.strictObject({ kind: z.literal('export'), run: z.string(), files: z.array(exportedFileSchema) }),
  z.strictObject({ kind: z.literal('download'), path: z.string(), sha256: sha256Schema }),
  z.strictObject({ kind: z.literal('importModel'), run: z.string() }),
  z.strictObject({ kind: z.literal('heatmaps'), run: z.string(), images: z.int() }),
  z.strictObject({ kind: z.literal('audit'), run: z.string() }),
  z.strictObject({ kind: z.literal('study'), study: z.string() }),
  z.strictObject({ kind: z.literal('report'), id: z.int(), files: z.array(reportFileSchema) }),
]);
export type JobResult = z.infer<typeof jobResultSchema>;

export const jobSchema = z.strictObject({
  id: z.string(),
  kind: jobKindSchema,
  title: z.string(),
  state: z.enum(['running', 'finished', 'failed', 'cancelled']),
  progress: progressSchema.nullable(),
  result: jobResultSchema.nullable(),
  failure: failureSchema.nullable(),
});
export type Job = z.infer<typeof jobSchema>;

/** `labels`: labels alone changed, perhaps one each second; whoever shows them asks again when there is a pause. */
export const changedWhatSchema = z.enum(['project', 'library', 'labels', 'runs', 'reports', 'reviews', 'searches']);
export type ChangedWhat = z.infer<typeof changedWhatSchema>;

/** Everything that happens, in one stream: HTTP/1.1 gives a page six connections only. */
export const hostEventSchema = z.discriminatedUnion('kind', [
  /** A job started, went on or ended; also sent for each running job when a stream opens. */
  z.strictObject({ kind: z.literal('job'), job: jobSchema }),
  z.strictObject({ kind: z.literal('epoch'), run: z.string(), record: epochRecordSchema }),
  /** A trial of a search started, went on or ended. */
  z.strictObject({ kind: z.literal('trial'), search: z.string(), trial: trialSchema }),
  /** Something stored changed; whoever shows it asks again. */
  z.strictObject({ kind: z.literal('changed'), what: changedWhatSchema }),
  /** Sent every 15 s so that a dead connection is noticed. */
  z.strictObject({ kind: z.literal('alive') }),
]);
export type HostEvent = z.infer<typeof hostEventSchema>;
