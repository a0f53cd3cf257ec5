import type { ReportModel, ReportRunModel } from '../model.ts';
import { studyReport, type DicomPrediction } from './studyReport.ts';

/** Whether any image of the report came from DICOM; others have no study that a structured report could belong to. */
export function hasDicomImages(model: ReportModel): boolean {
  return model.runs.some((run) => dicomPredictions(run).length > 0);
}

/** One structured report per run and study, each with the end of its file's name. */
export function structuredReports(model: ReportModel): { name: string; render(): Uint8Array }[] {
  return model.runs.flatMap((run) => {
    const studies = Map.groupBy(dicomPredictions(run), (image) => image.dicom.study);
    return [...studies.values()].map((images, place) => ({
      name: `run-${run.number}-study-${String(place + 1).padStart(4, '0')}.dcm`,
      render: () => studyReport(model, run, images),
    }));
  });
}

function dicomPredictions(run: ReportRunModel): DicomPrediction[] {
  return run.predictions.flatMap((row) => (row.dicom === null ? [] : [{ ...row, dicom: row.dicom }]));
}
