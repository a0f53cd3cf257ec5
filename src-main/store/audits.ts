import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { auditDocumentSchema, type AuditDocument } from '../../src-shared/contract/audit.ts';
import type { ImageMetadata } from '../evaluation/index.ts';

const rowSchema = z.object({
  imageId: z.number(),
  label: z.union([z.literal(0), z.literal(1)]),
  probability: z.number(),
  patient: z.string(),
  fileType: z.string(),
  rows: z.number(),
  columns: z.number(),
  scanner: z.string().nullable(),
  borderText: z.number().nullable(),
});

/** Audits of runs, and what is known of the images that a run predicted without looking at their pixels. */
export function createAuditStore(database: DatabaseSync) {
  /** Measures of the border are made in the background; a project in which none was ever made has no such table. */
  const hasMeasures = () =>
    database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'image_measures'").get() !==
    undefined;

  return {
    save(document: AuditDocument): void {
      database
        .prepare('INSERT OR REPLACE INTO audits (run_id, set_name, at, document) VALUES (?, ?, ?, ?)')
        .run(document.run, document.set, document.at, JSON.stringify(document));
    },

    document(run: string, set: 'validation' | 'test'): AuditDocument | null {
      const row = database.prepare('SELECT document FROM audits WHERE run_id = ? AND set_name = ?').get(run, set);
      return row ? auditDocumentSchema.parse(JSON.parse(String(row.document))) : null;
    },

    /** In the order of image ids, as evaluation has them. */
    images(run: string, set: 'validation' | 'test', positiveClass: string): ImageMetadata[] {
      const border = hasMeasures()
        ? '(SELECT border_text FROM image_measures WHERE image_measures.image_id = images.id)'
        : 'NULL';
      return database
        .prepare(
          `SELECT predictions.image_id AS imageId, classes.name = :positive AS label, predictions.probability,
             patients.pseudonym AS patient, upper(files.format) AS fileType, images.rows, images.columns,
             nullif(trim(coalesce(series.manufacturer, '') || ' ' || coalesce(series.model, '')), '') AS scanner,
             ${border} AS borderText
           FROM predictions JOIN images ON images.id = predictions.image_id JOIN files ON files.id = images.file_id
           JOIN patients ON patients.id = images.patient_id JOIN classes ON classes.id = predictions.label_class_id
           LEFT JOIN series ON series.id = images.series_id
           WHERE predictions.run_id = :run AND predictions.set_name = :set ORDER BY predictions.image_id`,
        )
        .all({ run, set, positive: positiveClass })
        .map((row) => rowSchema.parse(row));
    },
  };
}
