import type { Aggregation, ChoosableRule, OperatingPoint } from '../../src-shared/contract/metrics.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { formatQuantity } from '../../src-shared/domain/format.ts';
import type { MetricsOptions } from './computeMetrics.ts';
import type { IntervalMethod } from './confusion.ts';
import type { CsvTable } from './csvTable.ts';
import { chooseThreshold } from './operatingPoint.ts';
import { refuseFile, type CsvRefusal } from './readCsvFile.ts';
import type { PredictionTable } from './table.ts';

export interface CsvMetricsOptions {
  /** Class that is positive where labels are class names. */
  positive?: string;
  /** Judge all classes by their columns, also where there is a column `probability` for one of them. */
  classes?: boolean;
  interval?: IntervalMethod;
  cluster?: 'auto' | 'patient' | 'none';
  /** `fixed` (0.5) unless said otherwise. */
  rule?: ChoosableRule;
  /** Set to judge where the table has the column `set`: test, else validation, else training. */
  set?: SetName;
  aggregation?: Aggregation;
  replicates?: number;
  seed?: number;
  /** Further tables of the same images: the answer is a paired comparison. */
  against?: readonly string[];
}

/** Rows of one set with all that is needed to compute their figures. */
export interface Judged {
  kind: 'judged';
  table: PredictionTable;
  ids: readonly string[] | null;
  options: MetricsOptions;
  notes: string[];
}

/** Picks the set to judge and fixes the operating point: on the validation rows where there are some, else on the rows themselves. */
export function judgeTable(path: string, rows: CsvTable, options: CsvMetricsOptions): Judged | CsvRefusal {
  const set = rows.sets === null ? null : (options.set ?? mostTelling(rows.sets));
  if (rows.sets === null && options.set !== undefined) return refuseMissingSets(path, options.set);
  const kept = rowsOfSet(rows, set);
  if (kept.table.labels.length === 0) return refuseFile(path, 'SET_EMPTY', `The table has no rows of set ${set}.`);

  const rule = options.rule ?? 'fixed';
  const hasValidation = rows.sets?.includes('validation') ?? false;
  const chosenOn: OperatingPoint['chosenOn'] = rule === 'fixed' ? 'none' : hasValidation ? 'validation' : 'same';
  const choice = chooseThreshold(chosenOn === 'validation' ? rowsOfSet(rows, 'validation').table : kept.table, rule);
  if (choice.kind === 'impossible') return refuseFile(path, 'NO_OPERATING_POINT', choice.reason);
  if (options.cluster === 'patient' && kept.table.patients === null) {
    return refuseFile(
      path,
      'NO_PATIENT_COLUMN',
      'The table has no column “patient”, so nothing can be clustered by patient.',
    );
  }
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
    notes: rowsLeftOut(rows.table.labels.length - kept.table.labels.length),
  };
}

export function refuseMissingSets(path: string, set: SetName): CsvRefusal {
  return refuseFile(path, 'NO_SET_COLUMN', `The table has no column “set”, so its ${set} rows cannot be picked.`);
}

export function rowsLeftOut(count: number): string[] {
  if (count === 0) return [];
  return [`${formatQuantity(count, 'row')} of other sets ${count === 1 ? 'is' : 'are'} not part of these figures.`];
}

/** The set to judge where nobody says which. */
export function mostTelling(sets: readonly SetName[]): SetName {
  if (sets.includes('test')) return 'test';
  return sets.includes('validation') ? 'validation' : 'training';
}

function rowsOfSet(rows: CsvTable, set: SetName | null): { table: PredictionTable; ids: readonly string[] | null } {
  if (rows.sets === null || set === null) return { table: rows.table, ids: rows.ids };
  const places = rows.sets.flatMap((own, place) => (own === set ? [place] : []));
  return pickRows(rows.table, rows.ids, places);
}

/** The rows at `places`, in that order. */
export function pickRows(table: PredictionTable, ids: readonly string[] | null, places: readonly number[]) {
  return {
    table: {
      labels: Uint8Array.from(places, (place) => table.labels[place]!),
      probabilities: Float64Array.from(places, (place) => table.probabilities[place]!),
      patients: table.patients === null ? null : places.map((place) => table.patients![place]!),
    },
    ids: ids === null ? null : places.map((place) => ids[place]!),
  };
}
