/** Classes as they are being edited. */
import type { ClassSummary } from '../../../src-shared/contract/project.ts';
import { keysTaken } from '../images/labelKeys.ts';

export interface DraftClass {
  /** Null for a new class. */
  id: number | null;
  name: string;
  color: string;
  positive: boolean;
  /** One character that gives the label; null: Shift and the class's number only. */
  key: string | null;
}

/** Okabe and Ito's colours, told apart in every kind of colour vision; orange and blue for the usual two classes. */
export const classColors = ['#e69f00', '#56b4e9', '#009e73', '#cc79a7', '#f0e442', '#d55e00', '#0072b2', '#999999'];

export function nextColor(used: readonly DraftClass[]): string {
  const taken = new Set(used.map((one) => one.color.toLowerCase()));
  return classColors.find((color) => !taken.has(color)) ?? classColors[used.length % classColors.length] ?? '#999999';
}

export function draftOf(classes: readonly ClassSummary[]): DraftClass[] {
  return classes.map(({ id, name, color, positive, key }) => ({ id, name, color, positive, key }));
}

/** What stands in the way of saving, in words; null when nothing does. */
export function draftProblem(draft: readonly DraftClass[]): string | null {
  const names = draft.map((one) => one.name.trim().toLowerCase());
  if (names.some((name) => name === '')) return 'Every class needs a name.';
  if (new Set(names).size < names.length) return 'Two classes have the same name.';
  const keys = draft.flatMap(({ key }) => (key?.trim() ? [key.trim().toLowerCase()] : []));
  if (new Set(keys).size < keys.length) return 'Two classes have the same key.';
  const taken = keys.find((key) => keysTaken[key] !== undefined);
  if (taken !== undefined) return `The key ${taken} is needed for ${keysTaken[taken]}.`;
  if (draft.length > 0 && draft.filter((one) => one.positive).length !== 1) {
    return 'Choose the class that sensitivity speaks of.';
  }
  return null;
}

/** Words that usually name the class without the finding. */
const negativeWords =
  /(^|[^a-z])(non?|not|neg|negative|normal|healthy|control|without)([^a-z]|$)|noncovid|non[-_ ]?covid/i;

/** Classes named like folders; the first name that does not sound like "without the finding" becomes positive. */
export function classesFromNames(names: readonly string[], existing: readonly DraftClass[]): DraftClass[] {
  const known = new Set(existing.map((one) => one.name.toLowerCase()));
  const fresh = [...new Set(names)].filter((name) => !known.has(name.toLowerCase()));
  const hasPositive = existing.some((one) => one.positive);
  const positive = hasPositive ? undefined : (fresh.find((name) => !negativeWords.test(name)) ?? fresh[0]);
  const ordered = positive === undefined ? fresh : [positive, ...fresh.filter((name) => name !== positive)];
  const draft = [...existing];
  for (const name of ordered) {
    draft.push({ id: null, name: name.slice(0, 64), color: nextColor(draft), positive: name === positive, key: null });
  }
  return draft;
}
