/** k folds by patient: after the test set is put aside, each class is dealt out evenly; one fold validates, the others train. */
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { formatQuantity } from '../../src-shared/domain/format.ts';
import { createRandom, shuffled, type Random } from '../../src-shared/domain/random.ts';
import { dealMixed } from './dealMixed.ts';
import {
  groupByPatient,
  hasSeveralClasses,
  splitByPatient,
  tooFew,
  type Patient,
  type SplitImage,
  type SplitOptions,
} from './split.ts';

export interface FoldOptions extends Pick<SplitOptions, 'seed' | 'fixed' | 'together' | 'closed'> {
  folds: number;
  /** Percent of patients put aside for the test set; 0 for none. */
  testShare: number;
}

export interface Folds {
  /** Set by image id, with the first fold as validation. */
  sets: Map<number, SetName>;
  /** Fold 1 … k of each image of training and validation. */
  byImage: Map<number, number>;
}

/** Throws ExpectedError when a class has fewer patients than folds. */
export function foldsByPatient(images: readonly SplitImage[], options: FoldOptions): Folds {
  const { folds, seed, together = [] } = options;
  const test = testImages(images, options);
  const classes = new Map(images.map(({ classId, className }) => [classId, className]));
  if (classes.size < 2) {
    throw new ExpectedError({
      code: 'ONE_CLASS_ONLY',
      message: 'Folds need labelled images of two classes.',
      kept: 'The split is as it was.',
      remedy: 'Import or label images of a second class.',
    });
  }
  // Whoever has an image in the test set has none in a fold.
  const patients = groupByPatient(images, together).filter(
    (patient) => !patient.images.some((image) => test.has(image)),
  );
  const random = createRandom(seed);
  for (const [classId, name] of classes) {
    const own = patients.filter((patient) => patient.classIds.includes(classId)).length;
    if (own < folds) throw tooFew(`The class ${name} has ${formatQuantity(own, 'patient')} for ${folds} folds`);
  }
  if (patients.some(hasSeveralClasses)) {
    const byImage = foldsOfMixed(patients, folds, random);
    return { sets: setsOfFold(test, byImage, 1), byImage };
  }
  const counts = Array.from({ length: folds }, () => 0);
  const byImage = new Map<number, number>();
  for (const classId of [...classes.keys()].sort((a, b) => a - b)) {
    const own = patients.filter((patient) => patient.classId === classId);
    const ofClass = counts.map(() => 0);
    for (const patient of shuffled(own, random)) {
      const fold = emptiest(ofClass, counts);
      ofClass[fold]!++;
      counts[fold]! += patient.images.length;
      for (const image of patient.images) byImage.set(image, fold + 1);
    }
  }
  return { sets: setsOfFold(test, byImage, 1), byImage };
}

function foldsOfMixed(patients: readonly Patient[], folds: number, random: Random): Map<number, number> {
  const shares = Array.from({ length: folds }, () => 1);
  const places = dealMixed(patients, shares, random);
  if (places === null)
    throw tooFew(`The patients who have images of several classes cannot be shared out to ${folds} folds`);
  return new Map(patients.flatMap(({ id, images }) => images.map((image) => [image, places.get(id)! + 1] as const)));
}

/** Sets when fold `chosen` validates. */
export function setsOfFold(
  test: Iterable<number>,
  byImage: ReadonlyMap<number, number>,
  chosen: number,
): Map<number, SetName> {
  const sets = new Map<number, SetName>([...test].map((image) => [image, 'test']));
  for (const [image, fold] of byImage) sets.set(image, fold === chosen ? 'validation' : 'training');
  return sets;
}

function testImages(images: readonly SplitImage[], options: FoldOptions): Set<number> {
  const { testShare, closed, fixed = new Map() } = options;
  if (closed === 'test') return new Set([...fixed].flatMap(([image, set]) => (set === 'test' ? [image] : [])));
  if (testShare === 0) return new Set();
  const drawn = splitByPatient(images, { ...options, ratio: [100 - testShare, 0, testShare] });
  return new Set([...drawn].flatMap(([image, set]) => (set === 'test' ? [image] : [])));
}

/** The fold with the fewest patients of the class, then with the fewest images. */
function emptiest(ofClass: readonly number[], images: readonly number[]): number {
  return ofClass.reduce((best, count, fold) => {
    const better = count < ofClass[best]! || (count === ofClass[best]! && images[fold]! < images[best]!);
    return better ? fold : best;
  }, 0);
}
