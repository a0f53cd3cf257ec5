import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import type { MulticlassTable } from './multiclass.ts';
import { parseCsv } from './parseCsv.ts';
import type { CsvProblem, CsvRecord } from './parseCsv.ts';
import type { PredictionTable } from './table.ts';

/** Rows of a predictions table `label,probability[,patient][,set][,id]`, before a set is picked. */
export interface CsvTable {
  table: PredictionTable;
  positiveClass: string;
  sets: readonly SetName[] | null;
  /** Names that match the rows of two tables; null without such a column. */
  ids: readonly string[] | null;
}

export type CsvTableResult =
  | { kind: 'binary'; rows: CsvTable }
  | { kind: 'multiclass'; table: MulticlassTable; sets: readonly SetName[] | null }
  /** Bad rows by line, the first hundred of `total`. */
  | { kind: 'refused'; problems: CsvProblem[]; total: number };

const setAliases: Readonly<Record<string, SetName>> = {
  training: 'training',
  train: 'training',
  validation: 'validation',
  val: 'validation',
  test: 'test',
  'internal testing': 'test',
};

const listed = 100;
/** `probability_CLASS`, or with a colon or point, as different programs write it. */
const classColumn = /^probability[:_.](.+)$/i;

export interface CsvReadOptions {
  positive?: string;
  classes?: boolean;
}

/**
 * Reads a predictions table from CSV text. `label` is 1 or 0, or a class name with `positive` saying which class is the
 * positive one. With a column `probability_CLASS` for each of the classes and none called `probability`, or with `classes`, the table
 * is a multi-class one; with `positive` it is judged as that class against the rest.
 */
export function readCsvTable(text: string, options: CsvReadOptions = {}): CsvTableResult {
  let columns: Columns | { kind: 'refused'; problem: CsvProblem } | null = null;
  let reader: RowReader | null = null;
  const parsed = parseCsv(
    text,
    (record, delimiter) => {
      if (columns === null) {
        columns = findColumns(record, options);
        if (columns.kind === 'found') reader = createRowReader(columns, record.cells.length, delimiter !== ',');
      } else reader?.read(record);
    },
    ['label'],
  );
  if (parsed.kind === 'refused') return refused([parsed.problem]);
  return tableOf(columns, reader, options.positive);
}

/** What the records have left in the reader, as a table. */
function tableOf(
  columns: Columns | { kind: 'refused'; problem: CsvProblem } | null,
  reader: RowReader | null,
  positive: string | undefined,
): CsvTableResult {
  if (columns === null) return refused([{ line: 0, code: 'EMPTY', message: 'The file is empty.' }]);
  if (columns.kind === 'refused') return refused([columns.problem]);
  if (reader === null || (reader.lines.length === 0 && reader.problems.length === 0)) {
    return refused([{ line: columns.line, code: 'NO_ROWS', message: 'The table has a header and no rows.' }]);
  }
  if (reader.problems.length > 0) return refused(reader.problems);
  if (columns.classes.length > 0) return multiclassRows(reader, columns.classes);
  return binaryRows(reader, positive, columns.ofPositive);
}

interface Columns {
  kind: 'found';
  /** Line of the header. */
  line: number;
  label: number;
  /** One column, or one for each of `classes`. */
  probabilities: number[];
  classes: string[];
  patient: number;
  set: number;
  id: number;
  /** The probability is from a column that names the positive class. */
  ofPositive: boolean;
}

function findColumns(
  header: CsvRecord,
  { positive, classes = false }: CsvReadOptions,
): Columns | { kind: 'refused'; problem: CsvProblem } {
  const refuse = (code: string, message: string) => ({
    kind: 'refused' as const,
    problem: { line: header.line, code, message },
  });
  const names = header.cells.map((cell) => cell.trim());
  const place = (...wanted: string[]): number => names.findIndex((name) => wanted.includes(name.toLowerCase()));
  const twice = columnNamedTwice(names);
  if (twice !== undefined)
    return refuse('COLUMN_TWICE', `The first line names the column “${twice.slice(0, 40)}” twice.`);
  const classColumns = names.flatMap((name, column) => {
    const className = classOfColumn(name);
    return className === null ? [] : [{ column, name: className }];
  });
  const label = place('label');
  const probability = place('probability');
  if (label < 0 || ((probability < 0 || classes) && classColumns.length < 2)) {
    const lacking = label < 0 ? 'label' : classes ? 'probability_CLASS' : 'probability';
    return refuse(
      'NO_COLUMN',
      `The first line names no column “${lacking}”; it must read label,probability[,patient][,set], or label,probability_A,probability_B,… for several classes.`,
    );
  }
  const several = probability < 0 || classes ? classColumns : [];
  const ofPositive = several.find((one) => one.name === positive);
  if (several.length > 0 && positive !== undefined && ofPositive === undefined) {
    return refuse('POSITIVE_NOT_FOUND', `The first line names no column “probability_${positive.slice(0, 40)}”.`);
  }
  const used = ofPositive === undefined ? several : [];
  return {
    kind: 'found',
    line: header.line,
    label,
    probabilities: ofPositive ? [ofPositive.column] : used.length > 0 ? used.map((one) => one.column) : [probability],
    classes: used.map((one) => one.name),
    patient: place('patient'),
    set: place('set'),
    id: place('id', 'image'),
    ofPositive: ofPositive !== undefined,
  };
}

/** Names of classes are told apart by upper and lower case, other columns are not; however a class column is written, it is one class. */
function columnNamedTwice(names: readonly string[]): string | undefined {
  const plain = names.map((name) => {
    const className = classOfColumn(name);
    return className === null ? name.toLowerCase() : `probability_${className}`;
  });
  return names.find((name, column) => name !== '' && plain.indexOf(plain[column]!) !== column);
}

function classOfColumn(name: string): string | null {
  return classColumn.exec(name)?.[1]!.trim() ?? null;
}

function createRowReader(columns: Columns, width: number, decimalComma: boolean) {
  const problems: CsvProblem[] = [];
  const lines: number[] = [];
  const labels: string[] = [];
  const probabilities: number[][] = columns.probabilities.map(() => []);
  const patients: string[] = [];
  const sets: SetName[] = [];
  const ids: string[] = [];

  function read({ line, cells }: CsvRecord): void {
    const refuse = (code: string, message: string): void => void problems.push({ line, code, message });
    if (cells.length !== width) {
      return refuse('WRONG_WIDTH', `Line ${line} has ${cells.length} cells, the header has ${width}.`);
    }
    const cell = (column: number): string => cells[column]!.trim().replace(/^'(?=[=+\-@])/, '');
    const label = cell(columns.label);
    if (label === '') return refuse('NO_LABEL', `Line ${line} has no label.`);
    const values = columns.probabilities.map((column) => parseProbability(cell(column), decimalComma));
    const bad = values.findIndex((value) => value === null);
    if (bad >= 0) {
      const found = cell(columns.probabilities[bad]!).slice(0, 40);
      return refuse('BAD_PROBABILITY', `Line ${line}: “${found}” is not a probability between 0 and 1.`);
    }
    if (columns.patient >= 0 && cell(columns.patient) === '')
      return refuse('NO_PATIENT', `Line ${line} names no patient.`);
    if (columns.set >= 0) {
      const set = setAliases[cell(columns.set).toLowerCase()];
      if (set === undefined) {
        const found = cell(columns.set).slice(0, 40);
        return refuse('BAD_SET', `Line ${line}: “${found}” is none of training, validation, test.`);
      }
      sets.push(set);
    }
    lines.push(line);
    labels.push(label);
    values.forEach((value, place) => probabilities[place]!.push(value!));
    if (columns.patient >= 0) patients.push(cell(columns.patient));
    if (columns.id >= 0) ids.push(cell(columns.id));
  }

  return {
    read,
    problems,
    lines,
    labels,
    probabilities,
    patients: columns.patient >= 0 ? patients : null,
    sets: columns.set >= 0 ? sets : null,
    ids: columns.id >= 0 ? ids : null,
  };
}
type RowReader = ReturnType<typeof createRowReader>;

function parseProbability(text: string, decimalComma: boolean): number | null {
  const plain = decimalComma ? text.replace(',', '.') : text;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return value >= 0 && value <= 1 ? value : null;
}

/** @param named a column names the positive class: rows of it may be missing, as of any class */
function binaryRows(reader: RowReader, positive: string | undefined, named: boolean): CsvTableResult {
  const distinct = new Set(reader.labels);
  const oneZero: Readonly<Record<string, 0 | 1>> = { '1': 1, '0': 0, '1.0': 1, '0.0': 0 };
  let toLabel: (label: string) => 0 | 1;
  if (positive !== undefined && !(positive === '1' && [...distinct].every((label) => label in oneZero))) {
    if (!named && !distinct.has(positive) && distinct.size > 1) {
      const message = `No row has the label “${positive}”; the table has ${listNames(distinct)}.`;
      return refused([{ line: 0, code: 'POSITIVE_NOT_FOUND', message }]);
    }
    toLabel = (label) => (label === positive ? 1 : 0);
  } else {
    const other = reader.labels.findIndex((label) => !(label in oneZero));
    if (other >= 0) {
      const message = `Line ${reader.lines[other]}: the label “${reader.labels[other]}” is neither 1 nor 0. Say with --positive which class is the positive one (${listNames(distinct)}).`;
      return refused([{ line: reader.lines[other]!, code: 'POSITIVE_NEEDED', message }]);
    }
    toLabel = (label) => oneZero[label]!;
  }
  const table: PredictionTable = {
    labels: Uint8Array.from(reader.labels, toLabel),
    probabilities: Float64Array.from(reader.probabilities[0]!),
    patients: reader.patients,
  };
  return {
    kind: 'binary',
    rows: { table, positiveClass: positive ?? '1', sets: reader.sets, ids: reader.ids },
  };
}

function multiclassRows(reader: RowReader, classes: string[]): CsvTableResult {
  const numbers = new Map(classes.map((name, place) => [name, place]));
  const problems: CsvProblem[] = [];
  reader.labels.forEach((label, row) => {
    if (numbers.has(label)) return;
    const line = reader.lines[row]!;
    problems.push({
      line,
      code: 'BAD_LABEL',
      message: `Line ${line}: the class “${label}” has no column probability_${label}.`,
    });
  });
  if (problems.length > 0) return refused(problems);
  return {
    kind: 'multiclass',
    table: {
      classes,
      labels: Uint16Array.from(reader.labels, (label) => numbers.get(label)!),
      probabilities: reader.probabilities.map((column) => Float64Array.from(column)),
      patients: reader.patients,
    },
    sets: reader.sets,
  };
}

function listNames(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, 8).map((name) => `“${name.slice(0, 40)}”`);
  return names.size > shown.length ? `${shown.join(', ')} and ${names.size - shown.length} more` : shown.join(', ');
}

function refused(problems: CsvProblem[]): CsvTableResult {
  return { kind: 'refused', problems: problems.slice(0, listed), total: problems.length };
}
