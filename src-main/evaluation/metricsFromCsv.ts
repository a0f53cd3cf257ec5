import type { ComparisonDocument, MetricsDocument, MulticlassDocument } from '../../src-shared/contract/metrics.ts';
import { compareTables } from './compareCsv.ts';
import { computeMetrics } from './computeMetrics.ts';
import { judgeTable, mostTelling, refuseMissingSets, rowsLeftOut, type CsvMetricsOptions } from './judgeTable.ts';
import { multiclassMetrics } from './multiclass.ts';
import { readCsvFile, refuseFile, type CsvFile, type CsvRefusal } from './readCsvFile.ts';

export type { CsvMetricsOptions } from './judgeTable.ts';

export type CsvMetricsResult =
  | { kind: 'metrics'; document: MetricsDocument }
  | { kind: 'multiclass'; document: MulticlassDocument }
  | { kind: 'comparison'; document: ComparisonDocument }
  | CsvRefusal;

/** The metrics document of anybody's table (`parenchyma metrics FILE.csv`). Nothing but the files named is read. */
export async function metricsFromCsv(
  path: string,
  options: CsvMetricsOptions = {},
  onProgress?: (done: number, total: number) => void,
): Promise<CsvMetricsResult> {
  const first = await readCsvFile(path, options);
  if (first.kind === 'refused') return first;
  if (options.against !== undefined && options.against.length > 0) {
    return compareTables(path, first, options.against, options);
  }
  if (first.kind === 'multiclass') return multiclassOfSet(path, first, options);
  const judged = judgeTable(path, first.rows, options);
  if (judged.kind === 'refused') return judged;
  const document = computeMetrics(judged.table, { ...judged.options, ...(onProgress ? { onProgress } : {}) });
  return { kind: 'metrics', document: { ...document, warnings: [...document.warnings, ...judged.notes] } };
}

function multiclassOfSet(
  path: string,
  read: Extract<CsvFile, { kind: 'multiclass' }>,
  options: CsvMetricsOptions,
): CsvMetricsResult {
  if (options.cluster === 'patient') {
    return refuseFile(
      path,
      'CLUSTER_MULTICLASS',
      'Patient-clustered intervals are computed for two classes; name one with --positive to judge it against the rest.',
    );
  }
  if (read.sets === null && options.set !== undefined) return refuseMissingSets(path, options.set);
  const set = read.sets === null ? null : (options.set ?? mostTelling(read.sets));
  const places = Array.from(read.table.labels.keys()).filter((place) => set === null || read.sets![place] === set);
  if (places.length === 0) return refuseFile(path, 'SET_EMPTY', `The table has no rows of set ${set}.`);
  const table = {
    classes: read.table.classes,
    labels: Uint16Array.from(places, (place) => read.table.labels[place]!),
    probabilities: read.table.probabilities.map((column) => Float64Array.from(places, (place) => column[place]!)),
    patients: read.table.patients === null ? null : places.map((place) => read.table.patients![place]!),
  };
  const document = multiclassMetrics(table, { set, interval: options.interval ?? 'wilson' });
  const notes = rowsLeftOut(read.table.labels.length - places.length);
  if (options.rule !== undefined && options.rule !== 'fixed') {
    notes.push(
      `With several classes the most probable one is the decision; the rule “${options.rule}” is not applied.`,
    );
  }
  return { kind: 'multiclass', document: { ...document, warnings: [...document.warnings, ...notes] } };
}
