/** Entry of the thread that builds and writes a report: transport only. */
import type { ReportFile } from '../../src-shared/contract/report.ts';
import { serveTask } from '../platform/workerTask.ts';
import { performReportTask } from './performReport.ts';
import type { ReportTask } from './reportThread.ts';

serveTask<ReportTask, ReportFile[]>(performReportTask);
