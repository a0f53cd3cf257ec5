import type { StudyDocument } from '../../src-shared/contract/studies.ts';
import { csvText } from './csv.ts';

/**
 * Predictions on new pictures, one row per image, in the order of the files. Patients have made-up names and files their hash; paths,
 * which may hold names, are written with `names` only.
 */
export function studyCsv(document: StudyDocument, { names }: { names: boolean }): string {
  const classes = Object.keys(document.predictions[0]?.probabilities ?? {});
  const patients = new Map(document.patients.map((one) => [one.patient, one]));
  return csvText(
    [
      'image',
      'patient',
      'file_sha256',
      'frame',
      'probability',
      'threshold',
      'decision',
      ...classes.map((name) => `probability:${name}`),
      'patient_probability',
      'patient_decision',
      'aggregation',
      'warnings',
      'notice',
      ...(names ? ['path'] : []),
    ],
    document.predictions.map((one, place) => [
      place + 1,
      one.patient,
      one.fileSha256,
      one.frame,
      one.probability,
      document.threshold,
      one.decision,
      ...classes.map((name) => one.probabilities[name] ?? null),
      patients.get(one.patient)?.probability ?? null,
      patients.get(one.patient)?.decision ?? null,
      document.aggregation,
      one.warnings.join(' '),
      document.notice,
      ...(names ? [one.path] : []),
    ]),
  );
}
