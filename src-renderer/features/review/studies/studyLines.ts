/** A study as the lines of a list: each patient, and below it the patient's images. */
import type { StudyDocument, StudyImage, StudyPatient } from '../../../../src-shared/contract/studies.ts';

export type StudyLine =
  { kind: 'patient'; patient: StudyPatient } | { kind: 'image'; image: StudyImage; number: number };

export function studyLines(study: StudyDocument): StudyLine[] {
  const byPatient = Map.groupBy(study.predictions, (image) => image.patient);
  return study.patients.flatMap((patient) => [
    { kind: 'patient' as const, patient },
    ...(byPatient.get(patient.patient) ?? []).map((image, place) => ({
      kind: 'image' as const,
      image,
      number: place + 1,
    })),
  ]);
}

/** Place of the next image line in a direction; the place itself where there is none. */
export function nextImage(lines: readonly StudyLine[], place: number, step: 1 | -1): number {
  for (let at = place + step; at >= 0 && at < lines.length; at += step) if (lines[at]?.kind === 'image') return at;
  return place;
}

/** How the patient's one probability is made. */
export function aggregationWords(aggregation: StudyDocument['aggregation']): string {
  if (aggregation === 'mean') return 'mean of the images';
  if (aggregation === 'max') return 'highest of the images';
  return `mean of the ${aggregation.slice('top-'.length, -'-mean'.length)} highest images`;
}

export const thresholdWords: Record<StudyDocument['thresholdFrom'], string> = {
  frozen: 'the frozen operating point',
  validation: 'chosen on validation',
  default: 'a guess: the run was not evaluated',
};
