import { expect, it } from 'vitest';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { findLeakage, type LeakageImage } from './leakage.ts';

let nextId = 1;
function image(set: SetName, patientId: number, file: string, pixels: string): LeakageImage {
  return { imageId: nextId++, patientId, fileSha256: file, frame: 0, pixelSha256: pixels, set };
}

it('says nothing of a clean split', () => {
  expect(
    findLeakage([image('training', 1, 'a', 'x'), image('training', 1, 'a2', 'x'), image('test', 2, 'b', 'y')]),
  ).toEqual([]);
});

it('names patients and pixels that are in two sets, and their images only', () => {
  const images = [
    image('training', 1, 'a', 'x'),
    image('test', 1, 'b', 'y'),
    image('training', 2, 'c', 'z'),
    image('test', 2, 'd', 'w'),
    image('validation', 3, 'e', 'x'),
    image('validation', 4, 'f', 'v'),
  ];
  const findings = findLeakage(images);
  expect(findings.map(({ message }) => message)).toEqual([
    '2 patients are in both training and test.',
    '1 picture with the same pixels is in both training and validation.',
  ]);
  expect(findings[0]).toMatchObject({ code: 'PATIENT_IN_TWO_SETS', sets: ['training', 'test'] });
  expect(findings[1]!.images).toEqual([images[0]!.imageId, images[4]!.imageId]);
});
