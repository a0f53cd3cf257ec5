import { open } from 'node:fs/promises';
import type {
  Aggregation,
  ComparisonDocument,
  MetricsDocument,
  MulticlassDocument,
  OperatingPoint,
  OperatingPointRule,
} from '../../src-shared/contract/metrics.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { compareRuns } from './compareRuns.ts';
import { computeMetrics } from './computeMetrics.ts';
import type { MetricsOptions } from './computeMetrics.ts';
import type { IntervalMethod } from './confusion.ts';
import { readCsvTable } from './csvTable.ts';
import type { CsvTable } from './csvTable.ts';
import { multiclassMetrics } from './multiclass.ts';
import { chooseThreshold } from './operatingPoint.ts';
import type { CsvProblem } from './parseCsv.ts';
import type { PredictionTable } from './table.ts';

export interface CsvMetricsOptions {
  /** Class that is positive where labels are class names. */
  positive?: string;
  interval?: IntervalMethod;
  cluster?: 'auto' | 'patient' | 'none';
  /** `fixed` (0.5) unless said otherwise. */
  rule?: OperatingPointRule;
  /** Set to judge where the table has the column `set`: test, else validation, else training. */
  set?: SetName;
  aggregation?: Aggregation;
  replicates?: number;
  seed?: number;
  /** A second table of the same images: the answer is a paired comparison. */
  against?: string;
}

export type CsvMetricsResult =
  | { kind: 'metrics'; document: MetricsDocument }
  | { kind: 'multiclass'; document: MulticlassDocument }
  | { kind: 'comparison'; document: ComparisonDocument }
  | { kind: 'refused'; file: string; problems: CsvProblem[]; total: number };
type Refusal = Extract<CsvMetricsResult, { kind: 'refused' }>;

/** Largest table read, in bytes. */
const sizeLimit = 512 * 1024 * 1024;

/** The metrics document of anybody's table (`parenchyma metrics FILE.csv`). Nothing but the files named is read. */
export async function metricsFromCsv(path: string, options: CsvMetricsOptions = {}): Promise<CsvMetricsResult> {
  const first = await readTable(path, options);
  if (first.kind === 'refused') return first;
  if (options.against !== undefined) return compareTables(path, first, options.against, options);
  if (first.kind === 'multiclass') {
    if (options.cluster === 'patient') {
      return refuse(path, 'CLUSTER_MULTICLASS', 'Patient-clustered intervals are computed for two classes only.');
    }
    return multiclassOfSet(path, first, options);
  }
  const judged = judgeTable(path, first.rows, options);
  if (judged.kind === 'refused') return judged;
  const document = computeMetrics(judged.table, judged.options);
  return { kind: 'metrics', document: { ...document, warnings: [...document.warnings, ...judged.notes] } };
}

async function readTable(path: string, options: CsvMetricsOptions) {
  const text = await readText(path);
  if (typeof text !== 'string') return text;
  const read = readCsvTable(text, options.positive === undefined ? {} : { positive: options.positive });
  return read.kind === 'refused' ? { ...read, file: path } : read;
}

async function readText(path: string): Promise<string | Refusal> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > sizeLimit) return refuse(path, 'FILE_TOO_LARGE', 'The file is larger than 512 MiB.');
    const bytes = await file.readFile();
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
      return refuse(path, 'UTF16', 'The file is UTF-16 text; save it as “CSV UTF-8”.');
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError)
      return refuse(path, 'NOT_UTF8', 'The file is not UTF-8 text; save it as “CSV UTF-8”.');
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
    const words = code === 'ENOENT' ? 'There is no such file.' : `The file cannot be read (${code}).`;
    return refuse(path, 'UNREADABLE', words);
  }
}

function refuse(file: string, code: string, message: string): Refusal {
  return { kind: 'refused', file, problems: [{ line: 0, code, message }], total: 1 };
}

interface Judged {
  kind: 'judged';
  table: PredictionTable;
  ids: readonly string[] | null;
  options: MetricsOptions;
  notes: string[];
}

/** Picks the set to judge and fixes the operating point: on the validation rows where there are some, else on the rows themselves. */
function judgeTable(path: string, rows: CsvTable, options: CsvMetricsOptions): Judged | Refusal {
  const set = rows.sets === null ? null : (options.set ?? mostTelling(rows.sets));
  if (rows.sets === null && options.set !== undefined) {
    return refuse(path, 'NO_SET_COLUMN', `The table has no column “set”, so its ${options.set} rows cannot be picked.`);
  }
  const kept = rowsOfSet(rows, set);
  if (kept.table.labels.length === 0) return refuse(path, 'SET_EMPTY', `The table has no rows of set ${set}.`);

  const rule = options.rule ?? 'fixed';
  const hasValidation = rows.sets?.includes('validation') ?? false;
  const chosenOn: OperatingPoint['chosenOn'] = rule === 'fixed' ? 'none' : hasValidation ? 'validation' : 'same';
  const choice = chooseThreshold(chosenOn === 'validation' ? rowsOfSet(rows, 'validation').table : kept.table, rule);
  if (choice.kind === 'impossible') return refuse(path, 'NO_OPERATING_POINT', choice.reason);
  if (options.cluster === 'patient' && kept.table.patients === null) {
    return refuse(
      path,
      'NO_PATIENT_COLUMN',
      'The table has no column “patient”, so nothing can be clustered by patient.',
    );
  }
  const left = rows.table.labels.length - kept.table.labels.length;
  return {
    kind: 'judged',
    ...kept,
    options: {
      set,
      positiveClass: rows.positiveClass,
      operatingPoint: { threshold: choice.threshold, rule, chosenOn },
      interval: options.interval ?? 'wilson',
      cluster: options.cluster ?? 'auto',
      aggregation: options.aggregation ?? 'mean',
      ...(options.replicates === undefined ? {} : { replicates: options.replicates }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    },
    notes: left === 0 ? [] : [`${left} rows of other sets are not part of these figures.`],
  };
}

function mostTelling(sets: readonly SetName[]): SetName {
  if (sets.includes('test')) return 'test';
  return sets.includes('validation') ? 'validation' : 'training';
}

function rowsOfSet(rows: CsvTable, set: SetName | null): { table: PredictionTable; ids: readonly string[] | null } {
  if (rows.sets === null || set === null) return { table: rows.table, ids: rows.ids };
  const places = rows.sets.flatMap((own, place) => (own === set ? [place] : []));
  return pickRows(rows.table, rows.ids, places);
}

function pickRows(table: PredictionTable, ids: readonly string[] | null, places: readonly number[]) {
  return {
    table: {
      labels: Uint8Array.from(places, (place) => table.labels[place]!),
      probabilities: Float64Array.from(places, (place) => table.probabilities[place]!),
      patients: table.patients === null ? null : places.map((place) => table.patients![place]!),
    },
    ids: ids === null ? null : places.map((place) => ids[place]!),
  };
}

function multiclassOfSet(
  path: string,
  read: Extract<Awaited<ReturnType<typeof readTable>>, { kind: 'multiclass' }>,
  options: CsvMetricsOptions,
): CsvMetricsResult {
  const set = read.sets === null ? null : (options.set ?? mostTelling(read.sets));
  const places = Array.from(read.table.labels.keys()).filter((place) => set === null || read.sets![place] === set);
  if (places.length === 0) return refuse(path, 'SET_EMPTY', `The table has no rows of set ${set}.`);
  const table = {
    classes: read.table.classes,
    labels: Uint16Array.from(places, (place) => read.table.labels[place]!),
    probabilities: read.table.probabilities.map((column) => Float64Array.from(places, (place) => column[place]!)),
  };
  return { kind: 'multiclass', document: multiclassMetrics(table, { set, interval: options.interval ?? 'wilson' }) };
}

async function compareTables(
  path: string,
  first: Awaited<ReturnType<typeof readTable>>,
  againstPath: string,
  options: CsvMetricsOptions,
): Promise<CsvMetricsResult> {
  const second = await readTable(againstPath, options);
  if (second.kind === 'refused') return second;
  if (first.kind !== 'binary' || second.kind !== 'binary') {
    return refuse(againstPath, 'COMPARE_MULTICLASS', 'Runs are compared for two classes only; name a positive class.');
  }
  const one = judgeTable(path, first.rows, options);
  if (one.kind === 'refused') return one;
  const other = judgeTable(againstPath, second.rows, options);
  if (other.kind === 'refused') return other;
  const aligned = alignRows(againstPath, one, other);
  if (aligned.kind === 'refused') return aligned;
  const compared = compareRuns([
    { name: 'first', table: one.table, options: one.options },
    { name: 'second', table: aligned.table, options: aligned.options },
  ]);
  if (compared.kind === 'refused') return refuse(againstPath, 'OTHER_IMAGES', compared.reason);
  return { kind: 'comparison', document: compared.document };
}

/** Puts the second table's rows into the order of the first by `id` where both have it; else rows are matched by place. */
function alignRows(path: string, one: Judged, other: Judged): Judged | Refusal {
  if (one.ids === null || other.ids === null) {
    const note = 'The tables have no common column “id”: rows are matched by their place.';
    return { ...other, notes: [...other.notes, note] };
  }
  const places = new Map(other.ids.map((id, place) => [id, place]));
  if (places.size !== other.ids.length) return refuse(path, 'DUPLICATE_ID', 'An id occurs twice.');
  const missing = one.ids.find((id) => !places.has(id));
  if (missing !== undefined || one.ids.length !== other.ids.length) {
    const words = missing === undefined ? 'has other ids' : `has no row with id “${missing.slice(0, 40)}”`;
    return refuse(path, 'OTHER_IMAGES', `The second table ${words}; a paired comparison needs the same images.`);
  }
  return {
    ...other,
    ...pickRows(
      other.table,
      other.ids,
      one.ids.map((id) => places.get(id)!),
    ),
  };
}
