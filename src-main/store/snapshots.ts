import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { SnapshotSummary } from '../../src-shared/contract/snapshots.ts';

const rowSchema = z.object({
  id: z.number(),
  sha256: z.string(),
  createdAt: z.string(),
  images: z.number(),
  patients: z.number(),
});

/** Frozen states of the data set that runs were trained on. */
export function createSnapshotStore(database: DatabaseSync) {
  return {
    list(): SnapshotSummary[] {
      const runs = database.prepare('SELECT id FROM runs WHERE snapshot_id = ? ORDER BY number');
      return database
        .prepare(
          `SELECT id, sha256, created_at AS createdAt, json_array_length(document, '$.images') AS images,
             (SELECT count(DISTINCT json_extract(image.value, '$.patient')) FROM json_each(document, '$.images') AS image) AS patients
           FROM snapshots ORDER BY id DESC`,
        )
        .all()
        .map((row) => rowSchema.parse(row))
        .map((row) => ({ ...row, runs: runs.all(row.id).map((run) => String(run.id)) }));
    },
    document(id: number): string | null {
      const row = database.prepare('SELECT document FROM snapshots WHERE id = ?').get(id);
      return row === undefined ? null : String(row.document);
    },
  };
}
