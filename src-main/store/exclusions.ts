import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { refuseForTestImages } from './testLock.ts';

const rowSchema = z.object({ imageId: z.number(), author: z.string(), reason: z.string(), at: z.string() });

/** Images left out of sets and trainings; why, by whom and when is append-only history. */
export function createExclusionStore(database: DatabaseSync) {
  return {
    /** Call inside a transaction. Returns whether anything changed; throws TEST_SET_LOCKED when it would change the locked test set. */
    set(imageId: number, excluded: boolean, by: { author: string; reason: string; at: string }): boolean {
      const now = database.prepare('SELECT excluded FROM image_facts WHERE image_id = ?').get(imageId);
      if (now === undefined || (now.excluded === 1) === excluded) return false;
      const why = excluded ? 'An image would leave it.' : 'An image would come back into it.';
      refuseForTestImages(database, [imageId], why);
      database
        .prepare('INSERT INTO exclusion_history (image_id, excluded, author, reason, at) VALUES (?, ?, ?, ?, ?)')
        .run(imageId, excluded ? 1 : 0, by.author, by.reason, by.at);
      return true;
    },

    excluded: () =>
      database
        .prepare(
          `SELECT image_facts.image_id AS imageId, author, reason, at FROM image_facts
           JOIN exclusion_history ON exclusion_history.id = (SELECT max(id) FROM exclusion_history WHERE image_id = image_facts.image_id)
           WHERE image_facts.excluded = 1 ORDER BY image_facts.image_id`,
        )
        .all()
        .map((row) => rowSchema.parse(row)),
  };
}
