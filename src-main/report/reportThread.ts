import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { ReportFile, ReportFormat } from '../../src-shared/contract/report.ts';
import { runInWorker } from '../platform/workerTask.ts';
import type { ReportAbout } from './buildReport.ts';
import type { FailurePictures } from './failurePictures.ts';
import type { ReportFacts } from './reportFacts.ts';

export interface ReportTask {
  facts: ReportFacts;
  about: ReportAbout;
  directory: string;
  formats: readonly ReportFormat[];
  pictures: FailurePictures;
}

/** Builds and writes reports where it holds up nobody: drawing 100,000 rows takes seconds. */
export interface ReportThread {
  write(task: ReportTask, context: JobContext): Promise<ReportFile[]>;
}

/** Time in which a cancelled report finishes the file it is drawing. */
const graceMilliseconds = 15_000;

/** `entry` is the worker's script where it is bundled. Throws as buildReport and writeReport do. */
export function createReportThread(entry: URL = new URL('./reportWorker.ts', import.meta.url)): ReportThread {
  return { write: (task, context) => runInWorker(entry, task, { context, grace: graceMilliseconds }) };
}
