import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  storedMeasurementSchema,
  type Measurement,
  type PatientStack,
  type StackImage,
  type StoredMeasurement,
} from '../../src-shared/contract/viewer.ts';
import { otherPlanesLast } from '../library/index.ts';

const columns = 'id, image_id AS imageId, kind, points, author, created_at AS createdAt, changed_at AS changedAt';

const placeSchema = z.object({
  id: z.number(),
  rows: z.number(),
  columns: z.number(),
  row_spacing: z.number().nullable(),
  column_spacing: z.number().nullable(),
  position: z.string().nullable(),
  orientation: z.string().nullable(),
});

const stackRowSchema = z.object({
  id: z.number(),
  series_id: z.number().nullable(),
  orientation: z.string().nullable(),
  series_number: z.number().nullable(),
  description: z.string().nullable(),
});

/** What the viewer keeps in the project, and what it asks about the images of a patient. */
export function createViewerStore(database: DatabaseSync) {
  const measurement = (row: Record<string, unknown>): StoredMeasurement =>
    storedMeasurementSchema.parse({ ...row, points: JSON.parse(String(row.points)) });

  return {
    /** In the order in which they were drawn. */
    measurements(imageIds: readonly number[]): StoredMeasurement[] {
      return database
        .prepare(
          `SELECT ${columns} FROM measurements WHERE image_id IN (SELECT value FROM json_each(?)) ORDER BY created_at, id`,
        )
        .all(JSON.stringify(imageIds))
        .map(measurement);
    },

    /** Adds a measurement; of one that is there only the points change. */
    saveMeasurement({ id, imageId, kind, points }: Measurement, author: string, at: string): StoredMeasurement {
      const row = database
        .prepare(
          `INSERT INTO measurements (id, image_id, kind, points, author, created_at, changed_at)
           VALUES (:id, :imageId, :kind, :points, :author, :at, :at)
           ON CONFLICT (id) DO UPDATE SET points = :points, changed_at = :at RETURNING ${columns}`,
        )
        .get({ id, imageId, kind, points: JSON.stringify(points), author, at });
      return measurement(row!);
    },

    removeMeasurement(id: string): void {
      database.prepare('DELETE FROM measurements WHERE id = ?').run(id);
    },

    keyImages(imageIds: readonly number[]): number[] {
      return database
        .prepare('SELECT image_id FROM key_images WHERE image_id IN (SELECT value FROM json_each(?)) ORDER BY image_id')
        .all(JSON.stringify(imageIds))
        .map((row) => Number(row.image_id));
    },

    setKeyImage(imageId: number, key: boolean, author: string, at: string): void {
      if (key) {
        database
          .prepare('INSERT INTO key_images (image_id, author, at) VALUES (?, ?, ?) ON CONFLICT (image_id) DO NOTHING')
          .run(imageId, author, at);
      } else database.prepare('DELETE FROM key_images WHERE image_id = ?').run(imageId);
    },

    stackImages(imageIds: readonly number[]): StackImage[] {
      return database
        .prepare(
          `SELECT images.id, rows, columns, row_spacing, column_spacing, position, orientation
           FROM json_each(?) AS wanted JOIN images ON images.id = wanted.value ORDER BY wanted.key`,
        )
        .all(JSON.stringify(imageIds))
        .map((row) => placeSchema.parse(row))
        .map((row) => ({
          id: row.id,
          rows: row.rows,
          columns: row.columns,
          spacing: row.row_spacing && row.column_spacing ? [row.row_spacing, row.column_spacing] : null,
          position: row.position === null ? null : JSON.parse(row.position),
          orientation: row.orientation === null ? null : JSON.parse(row.orientation),
        }));
    },

    /** Series by their number, then the plain pictures; images in the order in which one scrolls through them. */
    patientStacks(imageId: number): PatientStack[] {
      const stacks: PatientStack[] = [];
      const rows = database
        .prepare(
          `SELECT images.id, images.series_id, images.orientation, series.series_number, series.description
           FROM images JOIN files ON files.id = images.file_id LEFT JOIN series ON series.id = images.series_id
           WHERE images.patient_id = (SELECT patient_id FROM images WHERE id = ?)
           ORDER BY images.series_id IS NULL, series.series_number, images.series_id,
             images.slice_position, images.instance_number, images.frame, files.file_name`,
        )
        .all(imageId)
        .map((row) => stackRowSchema.parse(row));
      for (const own of Map.groupBy(rows, (row) => row.series_id).values()) {
        const [first] = own;
        if (first === undefined) continue;
        const images = otherPlanesLast(own).map(({ id }) => id);
        stacks.push({ seriesId: first.series_id, words: wordsOf(first), images });
      }
      return stacks;
    },
  };
}

function wordsOf({ series_id, series_number, description }: z.infer<typeof stackRowSchema>): string {
  if (series_id === null) return 'Pictures';
  const number = series_number === null ? 'Series' : `Series ${series_number}`;
  return description === null ? number : `${number}: ${description}`;
}
