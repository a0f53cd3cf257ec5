import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { patientRuleSchema, type PatientRule } from '../../src-shared/contract/library.ts';
import { groupsOf } from '../library/index.ts';
import { inTransaction } from './database.ts';
import { refuseLockedTest } from './testLock.ts';

/** Images of plain files with what a patient rule needs. */
export interface PictureName {
  imageId: number;
  sourceId: number;
  folder: string;
  fileName: string;
}

/** Patients: the rule that gives plain pictures theirs, and patients that a person put together. */
export function createPatientStore(database: DatabaseSync) {
  return {
    patientRule(): PatientRule | null {
      const rule = database.prepare('SELECT patient_rule FROM project').get()?.patient_rule;
      return typeof rule === 'string' ? patientRuleSchema.parse(JSON.parse(rule)) : null;
    },

    pictureNames(): PictureName[] {
      return database
        .prepare(
          `SELECT image_id AS imageId, source_id AS sourceId, folder, file_name AS fileName FROM image_facts
           WHERE format <> 'dicom' ORDER BY image_id`,
        )
        .all()
        .map((row) => ({
          imageId: Number(row.imageId),
          sourceId: Number(row.sourceId),
          folder: String(row.folder),
          fileName: String(row.fileName),
        }));
    },

    /**
     * Gives plain pictures the patients of a new rule; `keys` by image id. Returns whether any image changed its patient. Throws
     * TEST_SET_LOCKED when it would change while the test set is locked, because the split ends with its patients.
     */
    applyPatientRule(rule: PatientRule, keys: ReadonlyMap<number, string>): boolean {
      return inTransaction(database, () => {
        database.prepare('UPDATE project SET patient_rule = ?').run(JSON.stringify(rule));
        const update = database.prepare(
          'UPDATE images SET patient_id = :patient WHERE id = :image AND patient_id <> :patient',
        );
        let changed = false;
        for (const [image, key] of keys) {
          changed = update.run({ image, patient: ensurePatient(database, key) }).changes > 0 || changed;
        }
        if (changed) refuseLockedTest(database, 'Other patients would change who is in it.');
        database.exec(
          'DELETE FROM patients WHERE id NOT IN (SELECT patient_id FROM images) AND id NOT IN (SELECT patient_id FROM series)',
        );
        regroup(database);
        return changed;
      });
    },

    /** Says that images are of one patient, or (`linked` false) no longer. Call inside a transaction. */
    link(imageIds: readonly number[], linked: boolean, by: { author: string; reason: string; at: string }): void {
      const insert = database.prepare(
        'INSERT INTO patient_links (first, second, linked, author, reason, at) VALUES (?, ?, ?, ?, ?, ?)',
      );
      const [first, ...others] = imageIds;
      for (const other of others) insert.run(first!, other, linked ? 1 : 0, by.author, by.reason, by.at);
      regroup(database);
    },
  };
}
export type PatientStore = ReturnType<typeof createPatientStore>;

/** Id of the patient with this key, made with the next pseudonym when missing. Call inside a transaction. */
export function ensurePatient(database: DatabaseSync, key: string): number {
  const known = database.prepare('SELECT id FROM patients WHERE key = ?').get(key);
  if (known) return Number(known.id);
  const next = Number(
    database.prepare('SELECT coalesce(max(CAST(substr(pseudonym, 2) AS INTEGER)), 0) + 1 AS n FROM patients').get()?.n,
  );
  const pseudonym = `P${String(next).padStart(5, '0')}`;
  return Number(
    database.prepare('INSERT INTO patients (key, pseudonym) VALUES (?, ?)').run(key, pseudonym).lastInsertRowid,
  );
}

const linkSchema = z.object({ first: z.number(), second: z.number() });

/** Works out anew which patients belong together: the least patient id of each group, from the links in force. */
export function regroup(database: DatabaseSync): void {
  database.exec('UPDATE image_facts SET group_id = patient_id WHERE group_id <> patient_id');
  const links = database
    .prepare(
      `SELECT one.patient_id AS first, two.patient_id AS second
       FROM (SELECT first, second, linked, max(id) FROM patient_links GROUP BY min(first, second), max(first, second)) AS last
       JOIN images AS one ON one.id = last.first JOIN images AS two ON two.id = last.second WHERE last.linked = 1`,
    )
    .all()
    .map((row) => linkSchema.parse(row));
  const groups = groupsOf(links.map(({ first, second }) => [first, second]));
  const update = database.prepare('UPDATE image_facts SET group_id = ? WHERE patient_id = ?');
  for (const [patient, group] of groups) if (group !== patient) update.run(group, patient);
}
