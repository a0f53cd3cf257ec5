import { expect, it } from 'vitest';
import { isFinding, testShortcuts, type ShortcutImage } from './shortcutTests.ts';

function study(change: (patient: number, positive: boolean) => Partial<ShortcutImage>): ShortcutImage[] {
  return Array.from({ length: 80 }, (_, patient) => {
    const positive = patient % 2 === 0;
    const image: ShortcutImage = {
      patient,
      className: positive ? 'COVID' : 'other',
      fileType: 'png',
      rows: 400 + (patient % 7),
      columns: 400,
      colour: 'MONOCHROME2',
      scanner: ['A', 'B', 'C'][patient % 3]!,
      window: null,
      sliceThickness: null,
      borderText: 0.01 + (patient % 5) / 1000,
    };
    return { ...image, ...change(patient, positive) };
  });
}

it('finds the file type that tells the class, in plain words', () => {
  const tests = testShortcuts(study((_, positive) => ({ fileType: positive ? 'jpeg' : 'png' })));
  const [strongest] = tests;
  expect(strongest).toMatchObject({ attribute: 'file type', code: 'CLASS_WITH_FILE_TYPE', test: 'chi-square' });
  expect(strongest!.effect).toBeCloseTo(1, 9);
  expect(strongest!.message).toBe(
    'The classes differ in file type: JPEG in 100 % of COVID, 0 % of other (Cramér’s V 1.00, p < 0.001).',
  );
  expect(tests.filter(isFinding).map(({ attribute }) => attribute)).toEqual(['file type']);
});

it('finds a size that goes with the class by ranks', () => {
  const tests = testShortcuts(study((patient, positive) => ({ rows: (positive ? 500 : 300) + (patient % 11) })));
  expect(tests.filter(isFinding)).toMatchObject([{ code: 'CLASS_WITH_SIZE', test: 'kruskal-wallis' }]);
});

it('counts a patient once, however many slices there are', () => {
  const images = study(() => ({}));
  const many = images.flatMap((image) => Array.from({ length: image.className === 'COVID' ? 30 : 1 }, () => image));
  const once = testShortcuts(images);
  const often = testShortcuts(many);
  expect(often.map(({ pValue, patients }) => [pValue, patients])).toEqual(
    once.map(({ pValue, patients }) => [pValue, patients]),
  );
  expect(often.filter(isFinding)).toEqual([]);
});

it('leaves out what no file says, and classes of which there are too few patients', () => {
  expect(testShortcuts(study(() => ({}))).map(({ attribute }) => attribute)).not.toContain('window');
  const few = study(() => ({})).filter(({ className, patient }) => className === 'COVID' || patient < 6);
  expect(testShortcuts(few)).toEqual([]);
});
