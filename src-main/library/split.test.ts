import { describe, expect, it } from 'vitest';
import { setNames, type SetName } from '../../src-shared/contract/vocabulary.ts';
import { shareOut } from './shareOut.ts';
import { splitByPatient, type SplitImage } from './split.ts';

const classNames = ['COVID', 'NonCOVID'];

/** `patients` patients per class with 1 … 5 images each. */
function study(patients: number): SplitImage[] {
  const images: SplitImage[] = [];
  for (let patient = 0; patient < 2 * patients; patient++) {
    const classId = patient % 2;
    for (let image = 0; image <= patient % 5; image++) {
      images.push({ imageId: images.length, patientId: patient, classId, className: classNames[classId]! });
    }
  }
  return images;
}

function setsOfPatients(images: readonly SplitImage[], sets: ReadonlyMap<number, SetName>): Map<number, Set<SetName>> {
  const result = new Map<number, Set<SetName>>();
  for (const { imageId, patientId } of images) {
    const own = result.get(patientId) ?? new Set();
    own.add(sets.get(imageId)!);
    result.set(patientId, own);
  }
  return result;
}

describe('splitting by patient', () => {
  it('never puts images of one patient into two sets, and leaves none out', () => {
    for (let seed = 0; seed < 50; seed++) {
      const images = study(10);
      const sets = splitByPatient(images, { ratio: [70, 15, 15], seed });
      expect(sets.size).toBe(images.length);
      for (const own of setsOfPatients(images, sets).values()) expect(own.size).toBe(1);
    }
  });

  it('shares out the patients of each class in the ratio', () => {
    const images = study(20);
    const sets = splitByPatient(images, { ratio: [70, 15, 15], seed: 7 });
    const patients = setsOfPatients(images, sets);
    for (const classId of [0, 1]) {
      const own = [...patients].filter(([patient]) => patient % 2 === classId).map(([, set]) => [...set][0]);
      expect(setNames.map((name) => own.filter((set) => set === name).length)).toEqual([14, 3, 3]);
    }
  });

  it('is the same for the same seed whatever the order of the images, and another for another seed', () => {
    const images = study(10);
    const first = splitByPatient(images, { ratio: [60, 20, 20], seed: 1 });
    const reversed = splitByPatient(images.toReversed(), { ratio: [60, 20, 20], seed: 1 });
    expect(new Map([...reversed].sort(([a], [b]) => a - b))).toEqual(new Map([...first].sort(([a], [b]) => a - b)));
    expect(splitByPatient(images, { ratio: [60, 20, 20], seed: 2 })).not.toEqual(first);
  });

  it('brings every class into every set in the ratio where patients have images of several classes, even of all of them', () => {
    for (const few of [12, 40]) {
      // Slices labelled one by one: everybody has more normal slices than others.
      const images = Array.from({ length: 40 }, (_, patientId) =>
        [0, 1, 1].map((classId, slice) => ({
          imageId: patientId * 3 + slice,
          patientId,
          classId: patientId < few ? classId : 1,
          className: classNames[classId]!,
        })),
      ).flat();
      const sets = splitByPatient(images, { ratio: [50, 25, 25], seed: 4 });
      for (const own of setsOfPatients(images, sets).values()) expect(own.size).toBe(1);
      for (const [classId, patients] of [
        [0, few],
        [1, 40],
      ] as const) {
        const found = images.filter((image) => image.classId === classId);
        const inSet = (set: SetName) =>
          new Set(found.filter(({ imageId }) => sets.get(imageId) === set).map(({ patientId }) => patientId)).size;
        expect(setNames.map(inSet)).toEqual([patients / 2, patients / 4, patients / 4]);
      }
    }
  });

  it('keeps given sets, for all images of their patients', () => {
    const images = study(10);
    const fixedImage = images.find(({ patientId }) => patientId === 4)!;
    const fixed = new Map<number, SetName>([[fixedImage.imageId, 'test']]);
    const sets = splitByPatient(images, { ratio: [70, 15, 15], seed: 3, fixed });
    for (const { imageId } of images.filter(({ patientId }) => patientId === 4)) expect(sets.get(imageId)).toBe('test');
  });

  it('leaves a set with share 0 empty', () => {
    const sets = splitByPatient(study(4), { ratio: [80, 20, 0], seed: 1 });
    expect([...sets.values()]).not.toContain('test');
  });

  it('refuses one class, one patient, too few patients, and a ratio that is none', () => {
    const images = study(10);
    const ratio: [number, number, number] = [70, 15, 15];
    const codeOf = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error;
      }
    };
    const split = (some: SplitImage[], shares = ratio) =>
      codeOf(() => splitByPatient(some, { ratio: shares, seed: 1 }));
    expect(split([])).toBe('ONE_CLASS_ONLY');
    expect(split(images.filter(({ classId }) => classId === 0))).toBe('ONE_CLASS_ONLY');
    expect(split(images.map((image) => ({ ...image, patientId: 1 })))).toBe('TOO_FEW_PATIENTS');
    expect(split(study(2))).toBe('TOO_FEW_PATIENTS');
    expect(split(images, [0, 50, 50])).toBe('INVALID_INPUT');
    expect(split(images, [100, 0, 0])).toBe('INVALID_INPUT');
    expect(split(images, [Number.NaN, 1, 1])).toBe('INVALID_INPUT');
  });
});

describe('sharing out whole patients', () => {
  it.each([
    [10, [70, 15, 15], [7, 2, 1]],
    [3, [98, 1, 1], [1, 1, 1]],
    [20, [1, 1, 0], [10, 10, 0]],
    [40, [60, 20, 20], [24, 8, 8]],
  ])('%i in %j', (count, ratio, expected) => expect(shareOut(count, ratio)).toEqual(expected));
});
