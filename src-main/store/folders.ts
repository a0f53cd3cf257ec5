import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Folder } from '../../src-shared/contract/library.ts';

const folderRowSchema = z.object({
  sourceId: z.number(),
  source: z.string(),
  folder: z.string(),
  classId: z.number().nullable(),
  images: z.number(),
});

/** Every folder with images at or below it, in the order of a tree. */
export function readFolders(database: DatabaseSync): Folder[] {
  const rows = database
    .prepare(
      `SELECT counted.source_id AS sourceId, sources.path AS source, counted.folder, counted.class_id AS classId, counted.images
       FROM (SELECT source_id, folder, class_id, count(*) AS images FROM image_facts GROUP BY source_id, folder, class_id) AS counted
       JOIN sources ON sources.id = counted.source_id`,
    )
    .all()
    .map((row) => folderRowSchema.parse(row));
  const folders = new Map<string, Folder & { classes: Set<number | null> }>();
  for (const row of rows) {
    for (const folder of withAncestors(row.folder)) {
      const key = `${row.sourceId}:${folder}`;
      const entry = folders.get(key) ?? {
        sourceId: row.sourceId,
        source: row.source,
        folder,
        images: 0,
        classId: null,
        mixed: false,
        classes: new Set(),
      };
      entry.images += row.images;
      entry.classes.add(row.classId);
      folders.set(key, entry);
    }
  }
  return [...folders.values()]
    .map(({ classes, ...folder }) => ({
      ...folder,
      mixed: classes.size > 1,
      classId: classes.size === 1 ? [...classes][0]! : null,
    }))
    .sort((a, b) => a.sourceId - b.sourceId || byPath(a.folder, b.folder));
}

/** 'a/b' → '', 'a', 'a/b'. */
function withAncestors(folder: string): string[] {
  const names = folder === '' ? [] : folder.split('/');
  return ['', ...names.map((_name, index) => names.slice(0, index + 1).join('/'))];
}

const collator = new Intl.Collator('en', { numeric: true });

function byPath(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let depth = 0; depth < Math.min(left.length, right.length); depth++) {
    const order = collator.compare(left[depth]!, right[depth]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
