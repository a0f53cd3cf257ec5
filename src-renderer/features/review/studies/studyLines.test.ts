import { expect, it } from 'vitest';
import type { StudyDocument } from '../../../../src-shared/contract/studies.ts';
import { aggregationWords, nextImage, studyLines } from './studyLines.ts';

const image = (imageId: number, patient: string) =>
  ({ imageId, patient, warnings: [] }) as unknown as StudyDocument['predictions'][number];
const study = {
  patients: [
    { patient: 'New 1', images: 2 },
    { patient: 'New 2', images: 1 },
  ],
  predictions: [image(-1, 'New 1'), image(-2, 'New 2'), image(-3, 'New 1')],
} as unknown as StudyDocument;

it('puts the images below their patient, and steps over the patients', () => {
  const lines = studyLines(study);
  expect(lines.map((line) => (line.kind === 'patient' ? line.patient.patient : line.image.imageId))).toEqual([
    'New 1',
    -1,
    -3,
    'New 2',
    -2,
  ]);
  expect(nextImage(lines, 0, 1)).toBe(1);
  expect(nextImage(lines, 2, 1)).toBe(4);
  expect(nextImage(lines, 4, -1)).toBe(2);
  expect(nextImage(lines, 4, 1)).toBe(4);
});

it('names the rule of the patient’s probability', () => {
  expect(aggregationWords('mean')).toBe('mean of the images');
  expect(aggregationWords('top-3-mean')).toBe('mean of the 3 highest images');
});
