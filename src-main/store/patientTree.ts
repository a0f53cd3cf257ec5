import type { DatabaseSync } from 'node:sqlite';
import {
  patientNodeSchema,
  seriesNodeSchema,
  type PatientNode,
  type SeriesNode,
} from '../../src-shared/contract/library.ts';

/** Patients with their studies and series, as a tree is drawn of them. */
export function createPatientTree(database: DatabaseSync) {
  return {
    /** In the order of pseudonyms; `text` is looked for in them. */
    patients({ text, offset, limit }: { text: string; offset: number; limit: number }): {
      total: number;
      items: PatientNode[];
    } {
      const where = text.trim() === '' ? '1' : 'instr(lower(pseudonym), lower(:text)) > 0';
      const values: Record<string, string> = text.trim() === '' ? {} : { text: text.trim() };
      const total = database
        .prepare(`SELECT count(DISTINCT pseudonym) AS n FROM image_facts WHERE ${where}`)
        .get(values);
      const items = database
        .prepare(
          `SELECT min(patient_id) AS id, pseudonym, count(*) AS images, count(DISTINCT series_id) AS series FROM image_facts
           WHERE ${where} GROUP BY pseudonym ORDER BY pseudonym LIMIT :limit OFFSET :offset`,
        )
        .all({ ...values, limit, offset })
        .map((row) => patientNodeSchema.parse(row));
      return { total: Number(total?.n), items };
    },

    /** Series of a patient, study by study; `study` numbers them from 1 and is null where the file names none. */
    seriesOf(patientId: number): SeriesNode[] {
      return database
        .prepare(
          `SELECT series.id, CASE WHEN study_uid IS NULL THEN NULL ELSE dense_rank() OVER (ORDER BY study_uid IS NULL, study_uid) END AS study,
             series_number AS number, description, modality,
             (SELECT count(*) FROM images WHERE series_id = series.id) AS images
           FROM series WHERE patient_id = ? ORDER BY study, series_number, series.id`,
        )
        .all(patientId)
        .map((row) => seriesNodeSchema.parse(row));
    },
  };
}
