import type { JobContext } from '../../src-shared/contract/progress.ts';
import { runInWorker } from '../platform/workerTask.ts';
import type { MetricsAnswers, MetricsTask } from './metricsTask.ts';

/** The figures, computed where they hold up nobody: a second of work on 100,000 images, several with a bootstrap of patients. */
export interface MetricsThread {
  run<Task extends MetricsTask>(task: Task, context?: JobContext): Promise<MetricsAnswers[Task['kind']]>;
}

/** Each task in a thread of its own, which an abort ends at once. `entry` is the worker's script where it is bundled. */
export function createMetricsThread(entry: URL = new URL('./metricsWorker.ts', import.meta.url)): MetricsThread {
  return { run: (task, context) => runInWorker(entry, task, context ? { context } : {}) };
}
