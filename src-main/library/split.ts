/**
 * Splits by patient: all images of one patient are in one set, each class is shared out by the same ratio, the seed decides the rest. Patients
 * with images of several classes count for each of them.
 */
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { setNames, type SetName } from '../../src-shared/contract/vocabulary.ts';
import { createRandom, shuffled } from '../../src-shared/domain/random.ts';
import { dealMixed } from './dealMixed.ts';
import { groupsOf } from './groups.ts';
import { indexOfGreatest, shareOut } from './shareOut.ts';

export interface SplitImage {
  imageId: number;
  patientId: number;
  classId: number;
  className: string;
}

export interface SplitOptions {
  /** Shares of training, validation and test, on any scale; a set with share 0 stays empty. */
  ratio: readonly [number, number, number];
  seed: number;
  /** Images whose set was given; all images of their patients take it. */
  fixed?: ReadonlyMap<number, SetName>;
  /** Pairs of patients that go into one set. */
  together?: readonly (readonly [number, number])[];
  /** Set that keeps the patients given to it and takes no other; its share counts for nothing. */
  closed?: SetName;
}

export interface Patient {
  id: number;
  /** Of most of its images. */
  classId: number;
  /** Of any of its images. */
  classIds: number[];
  images: number[];
}

/** Set by image id for every image. Throws ExpectedError when the images cannot be split so that every set has every class. */
export function splitByPatient(
  images: readonly SplitImage[],
  { ratio: given, seed, fixed = new Map(), together = [], closed }: SplitOptions,
): Map<number, SetName> {
  const ratio = given.map((share, index) => (setNames[index] === closed ? 0 : share));
  const wanted = setNames.filter((_, index) => ratio[index]! > 0);
  const all = groupByPatient(images, together);
  const fixedSets = setsOfFixedPatients(all, fixed);
  const result = new Map<number, SetName>();
  const kept = all.filter((patient) => closed !== undefined && fixedSets.get(patient.id) === closed);
  // Other images of these patients, and patients that go together with them, stay out of every set.
  for (const image of kept.flatMap((patient) => patient.images)) {
    if (fixed.get(image) === closed) result.set(image, closed!);
  }
  const patients = all.filter((patient) => !kept.includes(patient));
  const classes = new Map(images.map(({ classId, className }) => [classId, className]));
  checkRatio(given, ratio, wanted);
  checkEnough(patients, classes, wanted);

  const random = createRandom(seed);
  if (patients.some(hasSeveralClasses)) {
    const given = new Map([...fixedSets].map(([id, set]) => [id, setNames.indexOf(set)]));
    const places = dealMixed(patients, ratio, random, given);
    if (places === null) throw tooFew('The patients who have images of several classes cannot be shared out');
    for (const patient of patients) assign(result, patient, setNames[places.get(patient.id)!]!);
    return keepLists(result, fixed);
  }
  for (const classId of [...classes.keys()].sort((a, b) => a - b)) {
    const ofClass = patients.filter((patient) => patient.classId === classId);
    const already = ofClass.filter((patient) => fixedSets.has(patient.id));
    const free = shuffled(
      ofClass.filter((patient) => !fixedSets.has(patient.id)),
      random,
    );
    const quotas = shareOut(ofClass.length, ratio);
    const taken = setNames.map((set) => already.filter((patient) => fixedSets.get(patient.id) === set).length);
    const sets = setsForFree(free.length, quotas, taken);
    for (const patient of already) assign(result, patient, fixedSets.get(patient.id)!);
    free.forEach((patient, index) => assign(result, patient, sets[index]!));
  }
  return keepLists(result, fixed);
}

export const hasSeveralClasses = ({ classIds }: Patient): boolean => classIds.length > 1;

/** A list that gives one patient two sets is kept as it stands; it shows up as a finding. */
function keepLists(result: Map<number, SetName>, fixed: ReadonlyMap<number, SetName>): Map<number, SetName> {
  for (const [image, set] of fixed) if (result.has(image)) result.set(image, set);
  return result;
}

function assign(result: Map<number, SetName>, patient: Patient, set: SetName): void {
  for (const image of patient.images) result.set(image, set);
}

export function groupByPatient(
  images: readonly SplitImage[],
  together: readonly (readonly [number, number])[] = [],
): Patient[] {
  const groups = groupsOf(together);
  const byPatient = new Map<number, SplitImage[]>();
  for (const image of images) {
    const id = groups.get(image.patientId) ?? image.patientId;
    const own = byPatient.get(id);
    if (own === undefined) byPatient.set(id, [image]);
    else own.push(image);
  }
  // Sorted, so that the order in which images were read does not change the split.
  return [...byPatient]
    .sort(([a], [b]) => a - b)
    .map(([id, own]) => ({
      id,
      classId: mostFrequentClass(own),
      classIds: [...new Set(own.map(({ classId }) => classId))],
      images: own.map((image) => image.imageId),
    }));
}

function mostFrequentClass(images: readonly SplitImage[]): number {
  const counts = new Map<number, number>();
  for (const { classId } of images) counts.set(classId, (counts.get(classId) ?? 0) + 1);
  return [...counts].sort(([a, na], [b, nb]) => nb - na || a - b)[0]![0];
}

export function setsOfFixedPatients(
  patients: readonly Patient[],
  fixed: ReadonlyMap<number, SetName>,
): Map<number, SetName> {
  const sets = new Map<number, SetName>();
  for (const { id, images } of patients) {
    const set = images.map((image) => fixed.get(image)).find((one) => one !== undefined);
    if (set !== undefined) sets.set(id, set);
  }
  return sets;
}

/** Sets for patients without one: what is missing to the quotas; where fixed sets took more than theirs, the others give. */
function setsForFree(count: number, quotas: readonly number[], given: readonly number[]): SetName[] {
  const missing = quotas.map((quota, index) => Math.max(0, quota - given[index]!));
  while (missing.reduce((a, b) => a + b, 0) > count) missing[indexOfGreatest(missing)]!--;
  return setNames.flatMap((set, index) => Array.from({ length: missing[index]! }, () => set));
}

function checkRatio(given: SplitOptions['ratio'], ratio: readonly number[], wanted: readonly SetName[]): void {
  const sound = ratio.every((share) => Number.isFinite(share) && share >= 0);
  if (sound && wanted.includes('training') && wanted.length >= 2) return;
  throw new ExpectedError({
    code: 'INVALID_INPUT',
    message: `The ratio ${given.join('/')} cannot be used.`,
    kept: 'The split is as it was.',
    remedy: 'Give shares of training, validation and test, such as 70/15/15; training and one other must be above 0.',
  });
}

function checkEnough(
  patients: readonly Patient[],
  classes: ReadonlyMap<number, string>,
  wanted: readonly SetName[],
): void {
  if (classes.size < 2) {
    const only = [...classes.values()][0];
    throw new ExpectedError({
      code: 'ONE_CLASS_ONLY',
      message: only === undefined ? 'No image has a class yet.' : `All labelled images are of one class, ${only}.`,
      kept: 'The split is as it was.',
      remedy: 'Import or label images of a second class.',
    });
  }
  if (patients.length === 1) throw tooFew('All labelled images are of one patient');
  for (const [classId, name] of classes) {
    const count = patients.filter((patient) => patient.classIds.includes(classId)).length;
    if (count >= wanted.length) continue;
    const sets = `${wanted.slice(0, -1).join(', ')} and ${wanted.at(-1)!}`;
    throw tooFew(`The class ${name} has ${count} ${count === 1 ? 'patient' : 'patients'} for ${sets}`);
  }
}

export function tooFew(what: string): ExpectedError {
  return new ExpectedError({
    code: 'TOO_FEW_PATIENTS',
    message: `${what}; each set needs at least one of each class, and images of one patient are never in two sets.`,
    kept: 'The split is as it was.',
    remedy: 'Add patients, use fewer sets, or check the rule that gives pictures their patient.',
  });
}
