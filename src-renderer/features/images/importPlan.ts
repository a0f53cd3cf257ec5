/** What an import dialog asks of the host: one request per class, and one answer of several. */
import type { ImportResult } from '../../../src-shared/contract/library.ts';

export interface ImportGroup {
  label: string | null;
  paths: string[];
}

/** Paths with the same class go together, in the order in which the classes first appear. */
export function groupByLabel(entries: readonly { path: string; label: string }[]): ImportGroup[] {
  const groups = new Map<string, ImportGroup>();
  for (const entry of entries) {
    const label = entry.label.trim();
    const group = groups.get(label) ?? { label: label === '' ? null : label, paths: [] };
    group.paths.push(entry.path);
    groups.set(label, group);
  }
  return [...groups.values()];
}

/** Counts add up; totals of the project are those of the last import. */
export function sumResults(results: readonly ImportResult[]): ImportResult {
  const last = results.at(-1);
  return {
    imported: results.reduce((sum, one) => sum + one.imported, 0),
    duplicates: results.reduce((sum, one) => sum + one.duplicates, 0),
    rejected: results.flatMap((one) => one.rejected),
    images: last?.images ?? 0,
    patients: last?.patients ?? 0,
  };
}
