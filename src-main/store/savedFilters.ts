import type { DatabaseSync } from 'node:sqlite';
import { savedFilterSchema, type ImageFilter, type SavedFilter } from '../../src-shared/contract/library.ts';

/** Filters of the image list that were given a name. */
export function createSavedFilterStore(database: DatabaseSync) {
  return {
    list: (): SavedFilter[] =>
      database
        .prepare('SELECT id, name, filter FROM saved_filters ORDER BY name')
        .all()
        .map((row) => savedFilterSchema.parse({ ...row, filter: JSON.parse(String(row.filter)) })),
    /** A filter of the same name is replaced. */
    save(name: string, filter: ImageFilter): void {
      database
        .prepare(
          'INSERT INTO saved_filters (name, filter) VALUES (?, ?) ON CONFLICT DO UPDATE SET filter = excluded.filter',
        )
        .run(name, JSON.stringify(filter));
    },
    remove(id: number): void {
      database.prepare('DELETE FROM saved_filters WHERE id = ?').run(id);
    },
  };
}
