import { shuffled, type Random } from '../../src-shared/domain/random.ts';
import { shareOut } from './shareOut.ts';

/** Patients are dealt out anew so often before it is given up. */
const attempts = 50;

interface Dealt {
  id: number;
  /** Classes that its images have. */
  classIds: readonly number[];
}

/**
 * Shares patients out to places (sets or folds) where some have images of several classes: class by class, the rarest first, each patient to the
 * place that lacks most of that class (iterative stratification, Sechidis, Tsoumakas & Vlahavas 2011). Every place gets every class, unless places
 * were given.
 * @param shares of each place on any scale; a place with share 0 stays empty
 * @param given places of patients that have one already
 * @returns place by patient; null where a class did not reach every place in any of the attempts
 */
export function dealMixed(
  patients: readonly Dealt[],
  shares: readonly number[],
  random: Random,
  given: ReadonlyMap<number, number> = new Map(),
): Map<number, number> | null {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const places = dealOnce(patients, shares, random, given);
    if (given.size > 0 || reachesAll(patients, shares, places)) return places;
  }
  return null;
}

function dealOnce(
  patients: readonly Dealt[],
  shares: readonly number[],
  random: Random,
  given: ReadonlyMap<number, number>,
): Map<number, number> {
  const classIds = [...new Set(patients.flatMap((patient) => patient.classIds))].sort((a, b) => a - b);
  const withClass = (of: readonly Dealt[], classId: number) => of.filter((one) => one.classIds.includes(classId));
  const lacking = new Map(classIds.map((classId) => [classId, shareOut(withClass(patients, classId).length, shares)]));
  const lackingAll = shareOut(patients.length, shares);
  const places = new Map<number, number>();
  const put = ({ id, classIds: own }: Dealt, place: number): void => {
    places.set(id, place);
    lackingAll[place]! -= 1;
    for (const classId of own) lacking.get(classId)![place]! -= 1;
  };
  for (const patient of patients) if (given.has(patient.id)) put(patient, given.get(patient.id)!);

  let free = shuffled(
    patients.filter(({ id }) => !given.has(id)),
    random,
  );
  while (free.length > 0) {
    const [rarest] = classIds
      .map((classId) => ({ classId, left: withClass(free, classId).length }))
      .filter(({ left }) => left > 0)
      .sort((first, second) => first.left - second.left);
    for (const patient of withClass(free, rarest!.classId)) {
      const needs = shares.map((_share, place) => [
        lacking.get(rarest!.classId)![place]!,
        patient.classIds.reduce((sum, classId) => sum + lacking.get(classId)![place]!, 0),
        lackingAll[place]!,
      ]);
      put(patient, neediest(needs, shares));
    }
    free = free.filter(({ id }) => !places.has(id));
  }
  return places;
}

/** The first place whose needs are greatest, compared in their order. */
function neediest(needs: readonly (readonly number[])[], shares: readonly number[]): number {
  let best = shares.findIndex((share) => share > 0);
  needs.forEach((own, place) => {
    const differing = own.findIndex((need, index) => need !== needs[best]![index]);
    if (shares[place]! > 0 && differing >= 0 && own[differing]! > needs[best]![differing]!) best = place;
  });
  return best;
}

function reachesAll(
  patients: readonly Dealt[],
  shares: readonly number[],
  places: ReadonlyMap<number, number>,
): boolean {
  const wanted = [...shares.keys()].filter((place) => shares[place]! > 0);
  const reached = new Map<number, Set<number>>();
  for (const { id, classIds } of patients) {
    for (const classId of classIds) {
      reached.set(classId, (reached.get(classId) ?? new Set()).add(places.get(id)!));
    }
  }
  return [...reached.values()].every((own) => wanted.every((place) => own.has(place)));
}
