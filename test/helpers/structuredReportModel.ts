/** The made-up report of test/helpers/reportSource.ts with some of its images from DICOM. For tests and scripts/oracles/structured_report.py. */
import { buildReport } from '../../src-main/report/buildReport.ts';
import type { ReportModel, ReportSource } from '../../src-main/report/index.ts';
import { uidFrom } from '../../src-main/platform/dicomFile.ts';
import { madeReportSource } from './reportSource.ts';

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';
const enhancedCtImageStorage = '1.2.840.10008.5.1.4.1.1.2.1';

/** Test images of three patients come from DICOM: two single images and frames 1 … 3 of one multi-frame instance. */
export function structuredReportModel(): ReportModel {
  const source = madeReportSource({ positive: 'Pneumonie (München)', negative: 'andere', patients: 20 });
  const dicomPatients = ['P0021', 'P0022', 'P0023'];
  const withDicom: ReportSource = {
    ...source,
    predictions: (run) =>
      source.predictions(run).map((prediction, place) => {
        if (!dicomPatients.includes(prediction.patient)) return prediction;
        const several = prediction.patient === 'P0023';
        const dicom = {
          sopClass: several ? enhancedCtImageStorage : ctImageStorage,
          study: uidFrom(`study of ${prediction.patient}`),
          series: uidFrom(`series of ${prediction.patient}`),
          instance: uidFrom(several ? prediction.patient : `image ${prediction.imageId}`),
          frame: several ? (place % 3) + 1 : null,
        };
        return { ...prediction, dicom, answer: place % 2 === 0 ? ('positive' as const) : null };
      }),
  };
  return buildReport(withDicom, { runs: ['run-1'], author: 'Dr. Ärztin=A\\B^C', createdAt: '2026-03-03T12:00:00Z' });
}
