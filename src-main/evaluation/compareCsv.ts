import { basename } from 'node:path';
import type { ComparisonDocument } from '../../src-shared/contract/metrics.ts';
import { compareRuns } from './compareRuns.ts';
import { judgeTable, pickRows, type CsvMetricsOptions, type Judged } from './judgeTable.ts';
import { readCsvFile, refuseFile, type CsvFile, type CsvRefusal } from './readCsvFile.ts';

/** The tables at `others` against the one that was read from `path`: rows are matched by `id` where all tables have it, else by place. */
export async function compareTables(
  path: string,
  first: Exclude<CsvFile, CsvRefusal>,
  others: readonly string[],
  options: CsvMetricsOptions,
): Promise<{ kind: 'comparison'; document: ComparisonDocument } | CsvRefusal> {
  if (first.kind !== 'binary') return oneClass(path);
  const base = judgeTable(path, first.rows, options);
  if (base.kind === 'refused') return base;
  const tables: { path: string; judged: Judged }[] = [{ path, judged: base }];
  for (const other of others) {
    const read = await readCsvFile(other, options);
    if (read.kind === 'refused') return read;
    if (read.kind !== 'binary') return oneClass(other);
    const judged = judgeTable(other, read.rows, options);
    if (judged.kind === 'refused') return judged;
    const aligned = alignRows(other, base, judged);
    if (aligned.kind === 'refused') return aligned;
    tables.push({ path: other, judged: aligned });
  }
  const compared = compareRuns(
    tables.map((one, place) => ({
      name: `${place + 1}: ${basename(one.path)}`,
      table: one.judged.table,
      options: one.judged.options,
    })),
  );
  if (compared.kind === 'refused') return refuseFile(others[0] ?? path, 'OTHER_IMAGES', compared.reason);
  const notes = new Set(tables.flatMap((one) => one.judged.notes));
  return {
    kind: 'comparison',
    document: { ...compared.document, warnings: [...compared.document.warnings, ...notes] },
  };
}

function oneClass(path: string): CsvRefusal {
  return refuseFile(path, 'COMPARE_MULTICLASS', 'Runs are compared for two classes only; name a positive class.');
}

/** Puts a table's rows into the order of the first by `id` where both have it; else rows are matched by place. */
function alignRows(path: string, base: Judged, other: Judged): Judged | CsvRefusal {
  if (base.ids === null || other.ids === null) {
    const note = 'The tables have no common column “id”: rows were matched by their place.';
    return { ...other, notes: [...other.notes, note] };
  }
  const places = new Map(other.ids.map((id, place) => [id, place]));
  if (places.size !== other.ids.length || new Set(base.ids).size !== base.ids.length) {
    return refuseFile(path, 'DUPLICATE_ID', 'An id occurs twice, so rows cannot be matched.');
  }
  const missing = base.ids.find((id) => !places.has(id));
  if (missing !== undefined || base.ids.length !== other.ids.length) {
    const words = missing === undefined ? 'has other ids' : `has no row with id “${missing.slice(0, 40)}”`;
    return refuseFile(path, 'OTHER_IMAGES', `The table ${words}; a paired comparison needs the same images.`);
  }
  const order = base.ids.map((id) => places.get(id)!);
  return { ...other, ...pickRows(other.table, other.ids, order) };
}
