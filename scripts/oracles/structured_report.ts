/** Writes the structured reports of the made-up study into the folder named, for structured_report.py. */
import { writeReport } from '../../src-main/report/writeReport.ts';
import { structuredReportModel } from '../../test/helpers/structuredReportModel.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: structured_report.ts FOLDER');
const context = { signal: new AbortController().signal, report: () => undefined };
await writeReport(structuredReportModel(), { directory, formats: ['dicom-sr'] }, context);
