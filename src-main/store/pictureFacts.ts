import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const rowSchema = z.object({
  imageId: z.number(),
  fileType: z.string(),
  modality: z.string().nullable(),
  rows: z.number(),
  columns: z.number(),
});
export type StoredPictureFacts = z.infer<typeof rowSchema>;

/** What files say of these images, in no order. */
export function readPictureFacts(database: DatabaseSync, images: readonly number[]): StoredPictureFacts[] {
  return database
    .prepare(
      `SELECT images.id AS imageId, upper(files.format) AS fileType, series.modality, images.rows, images.columns
       FROM images JOIN files ON files.id = images.file_id LEFT JOIN series ON series.id = images.series_id
       WHERE images.id IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(images))
    .map((row) => rowSchema.parse(row));
}
