import type { DatabaseSync } from 'node:sqlite';
import { conditions, orderOf, type ImageQuery } from '../imageQuery.ts';

/** A series, or of pictures the patient. */
const stack = `coalesce('s' || series_id, 'p' || patient_id)`;

/** Which images an act is about, what it would change, and which comes next. */
export function createLabelTargets(database: DatabaseSync) {
  const ids = (rows: readonly Record<string, unknown>[]): number[] => rows.map((row) => Number(row.id));

  return {
    /** Labels in force of these images, with their patients; a reader's own labels where one is given. */
    standing(imageIds: readonly number[], readerId: number | null) {
      const [label, join] =
        readerId === null
          ? ['facts.class_id', '']
          : [
              'states.class_id',
              'LEFT JOIN reader_label_states AS states ON states.image_id = facts.image_id AND states.reader_id = :reader',
            ];
      return database
        .prepare(
          `SELECT facts.image_id AS id, facts.group_id AS patient, ${label} AS classId FROM image_facts AS facts ${join}
           WHERE facts.image_id IN (SELECT value FROM json_each(:ids)) ORDER BY facts.image_id`,
        )
        .all({ ids: JSON.stringify(imageIds), ...(readerId === null ? {} : { reader: readerId }) })
        .map((row) => ({
          id: Number(row.id),
          patient: Number(row.patient),
          classId: row.classId === null ? null : Number(row.classId),
        }));
    },

    /** The first image behind `after`, in the order of the query and round once, that has no label and is not excluded. */
    nextUnlabelled(query: ImageQuery, after: number | null, readerId: number | null): number | null {
      const { where, values } = conditions(query.filter);
      const missing =
        readerId === null
          ? 'class_id IS NULL'
          : `NOT EXISTS (SELECT 1 FROM reader_label_states AS states WHERE states.image_id = ordered.image_id
               AND states.reader_id = :readerId AND states.class_id IS NOT NULL)`;
      const row = database
        .prepare(
          `WITH ordered AS MATERIALIZED (
             SELECT image_id, class_id, excluded, row_number() OVER (ORDER BY ${orderOf(query)}) AS place,
               (${where}) AS fits FROM image_facts WHERE (${where}) OR image_id = :after)
           SELECT image_id AS id FROM ordered WHERE fits AND ${missing} AND excluded = 0 AND image_id IS NOT :after
           ORDER BY place > coalesce((SELECT place FROM ordered WHERE image_id = :after), 0) DESC, place LIMIT 1`,
        )
        .get({ ...values, after, ...(readerId === null ? {} : { readerId }) });
      return row === undefined ? null : Number(row.id);
    },

    /** All images of the series of these images, or of the patients of those that have no series. */
    wholeSeries: (imageIds: readonly number[]): number[] =>
      ids(
        database
          .prepare(
            `WITH chosen AS (SELECT series_id, patient_id FROM image_facts WHERE image_id IN (SELECT value FROM json_each(?)))
             SELECT image_id AS id FROM image_facts
             WHERE series_id IN (SELECT series_id FROM chosen WHERE series_id IS NOT NULL)
                OR (series_id IS NULL AND patient_id IN (SELECT patient_id FROM chosen WHERE series_id IS NULL))
             ORDER BY pseudonym, series_id, slice_position, file_name, image_id`,
          )
          .all(JSON.stringify(imageIds)),
      ),

    /** The first, the n + 1st, … slice of each series (or patient, of pictures) among the images of a query, in its order. */
    everyNth(query: ImageQuery, n: number): number[] {
      const { where, values } = conditions(query.filter);
      return ids(
        database
          .prepare(
            `SELECT image_id AS id FROM (SELECT *, row_number() OVER (PARTITION BY ${stack}
               ORDER BY slice_position, file_name, frame, image_id) - 1 AS slice FROM image_facts WHERE ${where})
             WHERE slice % :step = 0 ORDER BY ${orderOf(query)}`,
          )
          .all({ ...values, step: n }),
      );
    },

    /** What a table can name an image by: the hash of its file, its path below the source, or its file name. */
    imageNames: () =>
      database
        .prepare(
          `SELECT images.id, images.frame, files.sha256, files.relative_path AS path, files.file_name AS name
           FROM images JOIN files ON files.id = images.file_id ORDER BY images.id`,
        )
        .all()
        .map((row) => ({
          id: Number(row.id),
          frame: Number(row.frame),
          sha256: String(row.sha256),
          path: String(row.path),
          name: String(row.name),
        })),
  };
}
