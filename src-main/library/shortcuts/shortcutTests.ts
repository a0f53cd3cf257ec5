/**
 * Does anything but disease tell the classes apart? File type, size, colour, scanner, window, slice thickness and letters at the border are tested
 * against the class. Each patient counts once (most frequent level, median of a number), because slices of one patient are no independent
 * observations; p values are corrected by Holm for the number of tests.
 */
import type { FindingCode, ShortcutTest } from '../../../src-shared/contract/findings.ts';
import { formatCount, formatNumber, formatPValue } from '../../../src-shared/domain/format.ts';
import { holm } from '../../evaluation/index.ts';
import { testRanks, testTable } from './association.ts';

/** One labelled image. Null where the file does not say. */
export interface ShortcutImage {
  patient: number;
  className: string;
  fileType: string;
  rows: number;
  columns: number;
  colour: string;
  scanner: string | null;
  window: string | null;
  sliceThickness: number | null;
  /** Share of the outer ring with hard edges; null while it is not measured. */
  borderText: number | null;
}

interface LevelAttribute {
  kind: 'levels';
  code: FindingCode;
  name: string;
  value: (image: ShortcutImage) => string | null;
}
interface NumberAttribute {
  kind: 'number';
  code: FindingCode;
  name: string;
  value: (image: ShortcutImage) => number | null;
  /** A value in words, with its unit. */
  words: (value: number) => string;
}

const attributes: readonly (LevelAttribute | NumberAttribute)[] = [
  { kind: 'levels', code: 'CLASS_WITH_FILE_TYPE', name: 'file type', value: (image) => image.fileType.toUpperCase() },
  {
    kind: 'number',
    code: 'CLASS_WITH_SIZE',
    name: 'size',
    value: ({ rows, columns }) => rows * columns,
    words: (value) => `${formatCount(Math.sqrt(value))}² pixels`,
  },
  { kind: 'levels', code: 'CLASS_WITH_COLOUR', name: 'colour of the file', value: (image) => image.colour },
  { kind: 'levels', code: 'CLASS_WITH_SCANNER', name: 'scanner', value: (image) => image.scanner },
  { kind: 'levels', code: 'CLASS_WITH_WINDOW', name: 'window', value: (image) => image.window },
  {
    kind: 'number',
    code: 'CLASS_WITH_SLICE_THICKNESS',
    name: 'slice thickness',
    value: (image) => image.sliceThickness,
    words: (value) => `${formatNumber(value, 2)} mm`,
  },
  {
    kind: 'number',
    code: 'CLASS_WITH_BORDER_TEXT',
    name: 'letters and marks at the border',
    value: (image) => image.borderText,
    words: (value) => `${formatNumber(100 * value, 1)} % hard edges`,
  },
];

/** From this effect on a significant association is a finding; weaker ones are listed with the tests. */
export const notableEffect = 0.3;
export const significance = 0.05;

/** Fewer patients than this in a class say nothing. */
const leastPatients = 5;
/** Levels with fewer patients are counted together. */
const rareLevel = 5;
const mostLevels = 12;
const otherLevels = 'other';

export function isFinding(test: ShortcutTest): boolean {
  return test.adjustedPValue < significance && test.effect >= notableEffect;
}

/** One test per attribute that varies and is known for enough patients, strongest first. */
export function testShortcuts(images: Iterable<ShortcutImage>): ShortcutTest[] {
  const patients = groupByPatient(images);
  const tests = attributes.flatMap((attribute) => {
    const test = attribute.kind === 'levels' ? testLevels(attribute, patients) : testNumber(attribute, patients);
    return test === null ? [] : [test];
  });
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  return tests
    .map((test, index) => ({ ...test, adjustedPValue: adjusted[index] ?? test.pValue }))
    .map((test) => ({ ...test, message: `${test.message} (${effectWords(test)}).` }))
    .sort((a, b) => b.effect - a.effect);
}

interface Patient {
  className: string;
  images: ShortcutImage[];
}

/** A patient with images of two classes counts in each. */
function groupByPatient(images: Iterable<ShortcutImage>): Patient[] {
  const groups = new Map<string, Patient>();
  for (const image of images) {
    const key = `${image.patient}\n${image.className}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { className: image.className, images: [image] });
    else known.images.push(image);
  }
  return [...groups.values()];
}

function testLevels(attribute: LevelAttribute, patients: readonly Patient[]): ShortcutTest | null {
  const byClass = new Map<string, string[]>();
  for (const { className, images } of patients) {
    const level = mostFrequent(images.map((image) => attribute.value(image)));
    if (level !== null) push(byClass, className, level);
  }
  const classes = enough(byClass);
  if (classes.length < 2) return null;
  const levels = levelsOf(classes.flatMap(([, own]) => own));
  const table = classes.map(([, own]) =>
    levels.map((level) => own.filter((one) => placed(one, levels) === level).length),
  );
  const result = testTable(table);
  if (result === null) return null;
  return {
    attribute: attribute.name,
    code: attribute.code,
    message: levelWords(attribute.name, classes, levels, table),
    test: result.test,
    statistic: result.statistic,
    degreesOfFreedom: result.degreesOfFreedom,
    pValue: result.pValue,
    adjustedPValue: result.pValue,
    effect: Math.min(1, result.cramersV),
    patients: classes.reduce((sum, [, own]) => sum + own.length, 0),
    classes: classes.map(([name, own], row) => ({
      name,
      patients: own.length,
      levels: levels.map((level, column) => ({ level, count: table[row]![column]! })),
      quartiles: null,
    })),
  };
}

function testNumber(attribute: NumberAttribute, patients: readonly Patient[]): ShortcutTest | null {
  const byClass = new Map<string, number[]>();
  for (const { className, images } of patients) {
    const values = images.flatMap((image) => attribute.value(image) ?? []);
    if (values.length > 0) push(byClass, className, quantile(values.sort(ascending), 0.5));
  }
  const classes = enough(byClass);
  const result = testRanks(classes.map(([, values]) => values));
  if (result === null) return null;
  const medians = classes.map(([name, values]) => {
    const sorted = values.toSorted(ascending);
    return `${attribute.words(quantile(sorted, 0.5))} in ${name}`;
  });
  return {
    attribute: attribute.name,
    code: attribute.code,
    message: `The classes differ in ${attribute.name}: median ${medians.join(', ')}`,
    test: 'kruskal-wallis',
    statistic: result.statistic,
    degreesOfFreedom: result.degreesOfFreedom,
    pValue: result.pValue,
    adjustedPValue: result.pValue,
    effect: result.effect,
    patients: classes.reduce((sum, [, values]) => sum + values.length, 0),
    classes: classes.map(([name, values]) => {
      const sorted = values.toSorted(ascending);
      return {
        name,
        patients: values.length,
        levels: [],
        quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)],
      };
    }),
  };
}

function effectWords({ test, effect, adjustedPValue }: ShortcutTest): string {
  const name = test === 'kruskal-wallis' ? 'effect by ranks' : 'Cramér’s V';
  return `${name} ${formatNumber(effect)}, p ${adjustedPValue < 0.001 ? '' : '= '}${formatPValue(adjustedPValue)}`;
}

/** The level whose share differs most between classes, with its share in each. */
function levelWords(
  attribute: string,
  classes: readonly (readonly [string, readonly string[]])[],
  levels: readonly string[],
  table: readonly (readonly number[])[],
): string {
  const share = (row: number, column: number) => table[row]![column]! / classes[row]![1].length;
  const spread = levels.map((_, column) => {
    const shares = classes.map((__, row) => share(row, column));
    return Math.max(...shares) - Math.min(...shares);
  });
  const column = spread.indexOf(Math.max(...spread));
  const shares = classes.map(([name], row) => `${formatNumber(100 * share(row, column), 0)} % of ${name}`);
  return `The classes differ in ${attribute}: ${levels[column]!} in ${shares.join(', ')}`;
}

/** The most frequent levels by name; all others together are the last. */
function levelsOf(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].sort(([a, na], [b, nb]) => nb - na || (a < b ? -1 : 1));
  const kept = sorted.filter(([, count]) => count >= rareLevel).slice(0, mostLevels);
  const levels = kept.map(([level]) => level);
  return kept.length < sorted.length ? [...levels, otherLevels] : levels;
}

function placed(value: string, levels: readonly string[]): string {
  return levels.includes(value) ? value : otherLevels;
}

function enough<T>(byClass: ReadonlyMap<string, T[]>): [string, T[]][] {
  return [...byClass].filter(([, values]) => values.length >= leastPatients).sort(([a], [b]) => (a < b ? -1 : 1));
}

function mostFrequent(values: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, na], [b, nb]) => nb - na || (a < b ? -1 : 1))[0]?.[0] ?? null;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** Linear interpolation between order statistics of sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
}
