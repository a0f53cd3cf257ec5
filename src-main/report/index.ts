/**
 * Evaluation reports: the model of one, and its PDF, HTML, CSV, JSON and DICOM SR. What builds and draws them (ECharts, pdfmake) is loaded
 * by the report's own thread only, which is half of the modules that a command would otherwise wait for: `performReport.ts`.
 */
export type { ReportAbout } from './buildReport.ts';
export type { FailurePicture, FailurePictures, RunPictures } from './failurePictures.ts';
export { readReportFacts } from './reportFacts.ts';
export type { ReportFacts } from './reportFacts.ts';
export { createReportThread } from './reportThread.ts';
export type { ReportThread } from './reportThread.ts';
export { csvText } from './csv.ts';
export type { ReportModel, ReportRepeats, ReportStudy } from './model.ts';
export type { ReportData, ReportPrediction, ReportReading, ReportProject, ReportRun, ReportSource } from './ports.ts';
export { reviewsCsv } from './reviewsCsv.ts';
export { studyCsv } from './studyCsv.ts';
