/** Entry of the metrics thread: transport only. */
import { serveTask } from '../platform/workerTask.ts';
import { performMetricsTask, type MetricsAnswer, type MetricsTask } from './metricsTask.ts';

serveTask<MetricsTask, MetricsAnswer>(performMetricsTask);
