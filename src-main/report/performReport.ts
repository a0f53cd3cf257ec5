/** What the report's thread does: builds the model from the facts and writes the files. */
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { ReportFile } from '../../src-shared/contract/report.ts';
import { buildReport } from './buildReport.ts';
import { sourceOfFacts } from './reportFacts.ts';
import type { ReportTask } from './reportThread.ts';
import { writeReport } from './writeReport.ts';

export function performReportTask(
  { facts, about, directory, formats, pictures }: ReportTask,
  context: JobContext,
): Promise<ReportFile[]> {
  const heatMaps = Object.values(pictures).some((run) => run.pictures.length > 0);
  const model = buildReport(sourceOfFacts(facts), { ...about, heatMaps });
  return writeReport(model, { directory, formats, pictures }, context);
}
