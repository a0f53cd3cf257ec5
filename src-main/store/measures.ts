import type { DatabaseSync } from 'node:sqlite';
import type { MeasuredImage, NearDuplicate, PictureMeasures } from '../library/index.ts';
import { inTransaction } from './database.ts';
import { addPixelHashes } from './pixelHashes.ts';
import { joinSource } from './sourcePath.ts';

/** An image whose measures are missing, and where it is read from. */
export interface UnmeasuredImage {
  imageId: number;
  path: string;
  frame: number;
  /** Hash of the file where the hash of the stored values is still to be made; null where it is there. */
  unhashed: string | null;
}

/** What is measured on each image for comparing pictures and for the search after shortcuts. */
export function createMeasureStore(database: DatabaseSync) {
  const number = (sql: string) => Number(database.prepare(sql).get()?.n);
  const hashLength = () =>
    Number(database.prepare('SELECT length(hash) AS n FROM image_measures LIMIT 1').get()?.n ?? 0);

  return {
    counts: () => ({
      images: number('SELECT count(*) AS n FROM image_facts'),
      measured: number('SELECT count(*) AS n FROM image_measures'),
      uncompared: number('SELECT count(*) AS n FROM image_measures WHERE compared = 0'),
    }),

    unmeasured(): UnmeasuredImage[] {
      return database
        .prepare(
          `SELECT images.id, sources.path AS source, files.relative_path, images.frame,
             CASE WHEN images.pixel_sha256 IS NULL THEN files.sha256 END AS unhashed FROM images
           JOIN files ON files.id = images.file_id JOIN sources ON sources.id = files.source_id
           WHERE images.id NOT IN (SELECT image_id FROM image_measures) ORDER BY images.id`,
        )
        .all()
        .map((row) => ({
          imageId: Number(row.id),
          path: joinSource(String(row.source), String(row.relative_path)),
          frame: Number(row.frame),
          unhashed: row.unhashed === null ? null : String(row.unhashed),
        }));
    },

    add(measured: readonly (PictureMeasures & { imageId: number; pixelSha256: string | null })[]): void {
      inTransaction(database, () => {
        addPixelHashes(database, measured);
        const insert = database.prepare(
          `INSERT OR REPLACE INTO image_measures (image_id, border_text, border_gray, mean_gray, window_level, window_width, hash, gray)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        );
        for (const { imageId, borderText, borderGray, meanGray, windowLevel, windowWidth, hash, gray } of measured) {
          insert.run(imageId, borderText, borderGray, meanGray, windowLevel, windowWidth, hash, gray);
        }
      });
    },

    /** All measured images with their hashes one after the other, in the order of their ids. */
    hashes(): { images: MeasuredImage[]; hashes: Uint8Array } {
      const images: MeasuredImage[] = [];
      const hashes = new Uint8Array(number('SELECT count(*) AS n FROM image_measures') * hashLength());
      const rows = database
        .prepare(
          `SELECT image_measures.image_id, compared, hash, images.pixel_sha256, CASE WHEN image_facts.format = 'dicom' THEN image_facts.patient_id END AS patient
           FROM image_measures JOIN image_facts ON image_facts.image_id = image_measures.image_id
           JOIN images ON images.id = image_measures.image_id ORDER BY image_measures.image_id`,
        )
        .iterate();
      for (const row of rows) {
        const hash = row.hash as Uint8Array;
        hashes.set(hash, images.length * hash.length);
        images.push({
          imageId: Number(row.image_id),
          compared: row.compared === 1,
          pixelSha256: row.pixel_sha256 === null ? null : String(row.pixel_sha256),
          dicomPatient: row.patient === null ? null : Number(row.patient),
        });
      }
      return { images, hashes };
    },

    /** Reads small pictures one at a time; the statement is prepared once. */
    smallPictures(): (imageId: number) => Uint8Array {
      const select = database.prepare('SELECT gray FROM image_measures WHERE image_id = ?');
      return (imageId) => select.get(imageId)!.gray as Uint8Array;
    },

    /** Keeps pairs; of a pair that was found twice the greater similarity counts. */
    addPairs(pairs: readonly NearDuplicate[]): void {
      inTransaction(database, () => {
        const insert = database.prepare(
          `INSERT INTO near_duplicates (first, second, similarity, mirrored, duplicate) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET similarity = excluded.similarity, mirrored = excluded.mirrored, duplicate = excluded.duplicate WHERE excluded.similarity > similarity`,
        );
        for (const { first, second, similarity, mirrored, duplicate } of pairs)
          insert.run(first, second, similarity, mirrored ? 1 : 0, duplicate ? 1 : 0);
      });
    },

    markCompared(imageIds: readonly number[]): void {
      inTransaction(database, () => {
        const update = database.prepare('UPDATE image_measures SET compared = 1 WHERE image_id = ?');
        for (const id of imageIds) update.run(id);
      });
    },

    /** Ids of images that show nearly the same. */
    pairs: (): [number, number][] =>
      database
        .prepare('SELECT first, second FROM near_duplicates WHERE duplicate = 1')
        .all()
        .map((row) => [Number(row.first), Number(row.second)]),

    /** Pairs of patients who have the same picture, exactly or nearly. */
    duplicatePatients(): [number, number][] {
      return database
        .prepare(
          `SELECT one.group_id AS first, two.group_id AS second FROM near_duplicates
           JOIN image_facts AS one ON one.image_id = near_duplicates.first JOIN image_facts AS two ON two.image_id = near_duplicates.second
           WHERE near_duplicates.duplicate = 1 AND one.group_id <> two.group_id AND one.excluded = 0 AND two.excluded = 0
           UNION
           SELECT least.group_id, facts.group_id FROM images JOIN image_facts AS facts ON facts.image_id = images.id
           JOIN (SELECT images.pixel_sha256, min(own.group_id) AS group_id FROM images JOIN image_facts AS own ON own.image_id = images.id
                 WHERE own.excluded = 0 AND images.pixel_sha256 IS NOT NULL GROUP BY images.pixel_sha256 HAVING count(DISTINCT own.group_id) > 1) AS least
             ON least.pixel_sha256 = images.pixel_sha256
           WHERE facts.group_id <> least.group_id AND facts.excluded = 0`,
        )
        .all()
        .map((row) => [Number(row.first), Number(row.second)]);
    },
  };
}
