/** Predictions of one run on some images, as columns so that 100,000 rows stay fast. All columns have the same length. */
export interface PredictionTable {
  /** Reference standard: 1 positive, 0 negative. */
  labels: Uint8Array;
  /** Probability of the positive class, 0 … 1. */
  probabilities: Float64Array;
  /** Patient of each image; null where patients are not known. */
  patients: readonly string[] | null;
}

export interface PredictionRow {
  label: 0 | 1;
  probability: number;
  patient?: string | null;
}

/** Columns from rows. Patients are kept only where every row names one. */
export function tableFromRows(rows: readonly PredictionRow[]): PredictionTable {
  const labels = Uint8Array.from(rows, (row) => row.label);
  const probabilities = Float64Array.from(rows, (row) => row.probability);
  const patients = rows.map((row) => row.patient ?? '');
  const known = rows.length > 0 && patients.every((patient) => patient !== '');
  return { labels, probabilities, patients: known ? patients : null };
}

export function countPositives(labels: Uint8Array): number {
  let positives = 0;
  for (const label of labels) positives += label;
  return positives;
}

/** Patients numbered 0 … count − 1 in the order of `first`, then of appearance; one number per image. */
export function numberPatients(
  patients: readonly string[],
  first: readonly string[] = [],
): { index: Uint32Array; count: number } {
  const numbers = new Map(first.map((patient, number) => [patient, number]));
  const index = new Uint32Array(patients.length);
  patients.forEach((patient, image) => {
    let number = numbers.get(patient);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(patient, number);
    }
    index[image] = number;
  });
  return { index, count: numbers.size };
}

/**
 * Throws a RangeError where the columns do not fit together or a value cannot be judged: a programming error of the caller,
 * since tables from outside are checked where they are read (csvTable.ts).
 */
export function assertTable(table: PredictionTable): void {
  const { labels, probabilities, patients } = table;
  if (labels.length !== probabilities.length || (patients !== null && patients.length !== labels.length)) {
    throw new RangeError('The columns of a prediction table differ in length.');
  }
  if (!labels.every((label) => label === 0 || label === 1)) throw new RangeError('A label is neither 0 nor 1.');
  if (!probabilities.every((probability) => probability >= 0 && probability <= 1)) {
    throw new RangeError('A probability is not between 0 and 1.');
  }
}
