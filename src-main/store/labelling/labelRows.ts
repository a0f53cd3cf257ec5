import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Disagreement } from '../../../src-shared/contract/labelling.ts';
import { setNameSchema } from '../../../src-shared/contract/vocabulary.ts';

const stateSchema = z.object({ imageId: z.number(), reader: z.string(), classId: z.number(), at: z.string() });
export type ReaderLabel = z.infer<typeof stateSchema>;

const disputedRowSchema = z.object({
  imageId: z.number(),
  fileName: z.string(),
  patient: z.string(),
  set: setNameSchema.nullable(),
  classId: z.number().nullable(),
});
const decisionSchema = z.object({ classId: z.number(), author: z.string(), at: z.string() });

const exportRowSchema = z.object({
  imageId: z.number(),
  sha256: z.string(),
  frame: z.number(),
  patient: z.string(),
  set: z.string().nullable(),
  label: z.string().nullable(),
  labelBy: z.string().nullable(),
  excluded: z.string().nullable(),
  file: z.string(),
  decidedBy: z.string().nullable(),
});
export type LabelExportRow = z.infer<typeof exportRowSchema>;

/** Images to which readers gave different classes. */
const disputed = `SELECT image_id FROM reader_label_states WHERE class_id IS NOT NULL
  GROUP BY image_id HAVING min(class_id) <> max(class_id)`;
const decisionOf = `SELECT class_id FROM adjudications WHERE image_id = facts.image_id ORDER BY id DESC LIMIT 1`;
const readings = `SELECT image_id AS imageId, readers.name AS reader, class_id AS classId, at FROM reader_label_states
  JOIN readers ON readers.id = reader_id`;

/** Readers' labels, where they differ, and what a table of labels holds. */
export function createLabelRows(database: DatabaseSync) {
  function details(imageId: number): Pick<Disagreement, 'readings' | 'decision'> {
    const said = database
      .prepare(`${readings} WHERE image_id = ? AND class_id IS NOT NULL ORDER BY reader_id`)
      .all(imageId)
      .map((row) => stateSchema.parse(row));
    const last = database
      .prepare('SELECT class_id AS classId, author, at FROM adjudications WHERE image_id = ? ORDER BY id DESC LIMIT 1')
      .get(imageId);
    return {
      readings: said.map(({ reader, classId, at }) => ({ reader, classId, at })),
      decision: last === undefined || last.classId === null ? null : decisionSchema.parse(last),
    };
  }

  return {
    /** Every reader's labels in force. */
    readerLabels: (): ReaderLabel[] =>
      database
        .prepare(`${readings} WHERE class_id IS NOT NULL ORDER BY image_id, reader_id`)
        .all()
        .map((row) => stateSchema.parse(row)),

    /** Reference label of each of these images. */
    referenceOf(imageIds: readonly number[]): Map<number, number | null> {
      const rows = database
        .prepare('SELECT id, class_id AS classId FROM images WHERE id IN (SELECT value FROM json_each(?))')
        .all(JSON.stringify(imageIds));
      return new Map(rows.map((row) => [Number(row.id), row.classId === null ? null : Number(row.classId)]));
    },

    decided: (): number =>
      Number(
        database
          .prepare(
            `SELECT count(*) AS n FROM image_facts AS facts WHERE image_id IN (${disputed}) AND (${decisionOf}) IS NOT NULL`,
          )
          .get()?.n,
      ),

    /** Images on which readers differ, in the order of patients; `open`: without a third decision. */
    disagreements(
      show: 'open' | 'all',
      page: { offset: number; limit: number },
    ): { total: number; items: Disagreement[] } {
      const where = `image_id IN (${disputed})${show === 'open' ? ` AND (${decisionOf}) IS NULL` : ''}`;
      const total = Number(database.prepare(`SELECT count(*) AS n FROM image_facts AS facts WHERE ${where}`).get()?.n);
      const items = database
        .prepare(
          `SELECT image_id AS imageId, file_name AS fileName, pseudonym AS patient, set_name AS "set", class_id AS classId
           FROM image_facts AS facts WHERE ${where}
           ORDER BY pseudonym, series_id, slice_position, image_id LIMIT :limit OFFSET :offset`,
        )
        .all({ limit: page.limit, offset: page.offset })
        .map((row) => disputedRowSchema.parse(row))
        .map((row) => ({ ...row, ...details(row.imageId) }));
      return { total, items };
    },

    isDisputed: (imageId: number): boolean =>
      database.prepare(`SELECT 1 FROM (${disputed}) WHERE image_id = ?`).get(imageId) !== undefined,

    /** Every image with its label, in the order of import. */
    exportRows: (): LabelExportRow[] =>
      database
        .prepare(
          `SELECT facts.image_id AS imageId, files.sha256, facts.frame, facts.pseudonym AS patient, facts.set_name AS "set", classes.name AS label,
             CASE WHEN facts.class_id IS NULL THEN NULL ELSE
               (SELECT author FROM label_history WHERE image_id = facts.image_id ORDER BY id DESC LIMIT 1) END AS labelBy,
             excluded_images.reason AS excluded, files.relative_path AS file,
             (SELECT CASE WHEN class_id IS NULL THEN NULL ELSE author END FROM adjudications WHERE image_id = facts.image_id
               ORDER BY id DESC LIMIT 1) AS decidedBy
           FROM image_facts AS facts JOIN images ON images.id = facts.image_id JOIN files ON files.id = images.file_id
           LEFT JOIN classes ON classes.id = facts.class_id LEFT JOIN excluded_images ON excluded_images.image_id = facts.image_id
           ORDER BY facts.image_id`,
        )
        .all()
        .map((row) => exportRowSchema.parse(row)),
  };
}
