import { describe, expect, it } from 'vitest';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { foldsByPatient, setsOfFold } from './folds.ts';
import { splitByPatient, type SplitImage } from './split.ts';

const classNames = ['COVID', 'other'];

function study(patients: number): SplitImage[] {
  return Array.from({ length: 2 * patients }, (_, patient) =>
    Array.from({ length: 1 + (patient % 4) }, (__, image) => ({
      imageId: patient * 10 + image,
      patientId: patient,
      classId: patient % 2,
      className: classNames[patient % 2]!,
    })),
  ).flat();
}

describe('folds', () => {
  const images = study(25);
  const { sets, byImage } = foldsByPatient(images, { folds: 5, seed: 1, testShare: 20 });

  it('hold every class where patients have images of several classes', () => {
    const mixed = study(20).map((image) => ({ ...image, classId: image.imageId % 10 === 0 ? 0 : 1 }));
    const dealt = foldsByPatient(mixed, { folds: 10, seed: 2, testShare: 0 }).byImage;
    const several = new Set(mixed.filter(({ classId }) => classId === 1).map(({ patientId }) => patientId));
    for (let fold = 1; fold <= 10; fold++) {
      const own = mixed.filter(({ imageId }) => dealt.get(imageId) === fold);
      expect(new Set(own.map(({ patientId }) => patientId)).size).toBe(4);
      expect(new Set(own.map(({ patientId }) => patientId).filter((id) => several.has(id))).size).toBe(3);
    }
    expect(() => foldsByPatient(mixed.slice(0, 6), { folds: 5, seed: 1, testShare: 0 })).toThrow(/for 5 folds/);
  });

  it('hold every patient outside the test set once, each class evenly', () => {
    const foldsOf = new Map<number, Set<number>>();
    for (const { imageId, patientId } of images) {
      const fold = byImage.get(imageId) ?? 0;
      foldsOf.set(patientId, (foldsOf.get(patientId) ?? new Set()).add(fold));
    }
    for (const own of foldsOf.values()) expect(own.size).toBe(1);
    for (const classId of [0, 1]) {
      const counts = [0, 1, 2, 3, 4, 5].map(
        (fold) => [...foldsOf].filter(([patient, own]) => patient % 2 === classId && own.has(fold)).length,
      );
      expect(counts).toEqual([5, 4, 4, 4, 4, 4]);
    }
  });

  it('the chosen one validates, the others train, and the test set is the same for all', () => {
    const test = images.filter(({ imageId }) => sets.get(imageId) === 'test').map(({ imageId }) => imageId);
    const third = setsOfFold(test, byImage, 3);
    for (const { imageId } of images) {
      const expected = test.includes(imageId) ? 'test' : byImage.get(imageId) === 3 ? 'validation' : 'training';
      expect(third.get(imageId)).toBe(expected);
    }
  });

  it('are refused when a class has fewer patients than folds', () => {
    expect(() => foldsByPatient(study(3), { folds: 5, seed: 1, testShare: 0 })).toThrow(/has 3 patients for 5 folds/);
  });
});

describe('drawing around what is given', () => {
  it('keeps patients with duplicates of each other in one set', () => {
    for (let seed = 0; seed < 20; seed++) {
      const sets = splitByPatient(study(12), {
        ratio: [50, 25, 25],
        seed,
        together: [
          [0, 2],
          [2, 4],
          [7, 9],
        ],
      });
      expect(new Set([0, 20, 40].map((image) => sets.get(image))).size).toBe(1);
      expect(sets.get(70)).toBe(sets.get(90));
    }
  });

  it('leaves a closed test set exactly as it is, and whoever belongs to its patients in no other set', () => {
    const images = study(12);
    const fixed = new Map<number, SetName>([
      [0, 'test'],
      [10, 'test'],
    ]);
    const sets = splitByPatient(images, { ratio: [70, 15, 15], seed: 3, fixed, closed: 'test', together: [[1, 3]] });
    expect([...sets].filter(([, set]) => set === 'test').map(([image]) => image)).toEqual([0, 10]);
    // Patient 1 has a second image, patient 3 goes together with patient 1.
    for (const image of [11, 30, 31]) expect(sets.has(image)).toBe(false);
    expect([...sets.values()].filter((set) => set === 'validation').length).toBeGreaterThan(0);
  });
});
