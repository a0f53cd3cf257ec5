/** Folders as the lines of a tree. */
import type { Folder } from '../../src-shared/contract/library.ts';

export interface TreeRow {
  /** `source/folder`. */
  key: string;
  name: string;
  depth: number;
  hasChildren: boolean;
  open: boolean;
  folder: Folder;
}

function keyOf(folder: Folder): string {
  return `${folder.sourceId}/${folder.folder}`;
}

function compareFolders(a: Folder, b: Folder): number {
  if (a.sourceId !== b.sourceId) return a.sourceId - b.sourceId;
  // Name by name, so that what is inside a folder follows it at once.
  const left = a.folder.split('/');
  const right = b.folder.split('/');
  for (let place = 0; place < Math.min(left.length, right.length); place += 1) {
    const order = (left[place] ?? '').localeCompare(right[place] ?? '', 'en', { numeric: true });
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** True when `inner` lies anywhere inside `outer`. */
export function isInside(inner: Folder, outer: Folder): boolean {
  if (inner.sourceId !== outer.sourceId || inner.folder === outer.folder) return false;
  return outer.folder === '' || inner.folder.startsWith(`${outer.folder}/`);
}

/** Lines in the order in which they are shown; what is inside a closed folder is left out. */
export function treeRows(folders: readonly Folder[], closed: ReadonlySet<string>): TreeRow[] {
  const sorted = [...folders].sort(compareFolders);
  const rows: TreeRow[] = [];
  const path: Folder[] = [];
  for (const [place, folder] of sorted.entries()) {
    let outer = path.at(-1);
    while (outer && !isInside(folder, outer)) {
      path.pop();
      outer = path.at(-1);
    }
    const hidden = path.some((above) => closed.has(keyOf(above)));
    const next = sorted[place + 1];
    if (!hidden) {
      const above = outer && outer.folder !== '' ? outer.folder.length + 1 : 0;
      rows.push({
        key: keyOf(folder),
        name: folder.folder.slice(above) || folder.source,
        depth: path.length,
        hasChildren: next !== undefined && isInside(next, folder),
        open: !closed.has(keyOf(folder)),
        folder,
      });
    }
    path.push(folder);
  }
  return rows;
}

/** More folders than this inside one start out hidden: patients' own folders are many. */
const mostShownAtFirst = 8;

/** Keys of the folders that start closed. */
export function closedAtFirst(folders: readonly Folder[]): Set<string> {
  const inner = new Map<string, number>();
  const path: TreeRow[] = [];
  const rows = treeRows(folders, new Set());
  for (const row of rows) {
    path.length = row.depth;
    const above = path.at(-1);
    if (above) inner.set(above.key, (inner.get(above.key) ?? 0) + 1);
    path.push(row);
  }
  return new Set(rows.filter((row) => (inner.get(row.key) ?? 0) > mostShownAtFirst).map((row) => row.key));
}
