import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { ClassSummary } from '../../src-shared/contract/project.ts';
import { classColors, looksNegative } from '../../src-shared/domain/classes.ts';
import { inTransaction } from './database.ts';
import { refuseForTestImages } from './testLock.ts';

const classRowSchema = z.object({
  id: z.number(),
  name: z.string(),
  color: z.string(),
  positive: z.number(),
  key: z.string().nullable(),
  images: z.number(),
  patients: z.number(),
});

export type LabelOrigin = 'folder' | 'reader' | 'import';

/** Classes and the labels of images. Labels are never overwritten: the history grows, the image keeps the last one at hand. */
export function createClassStore(database: DatabaseSync) {
  const classes = (): ClassSummary[] =>
    database
      .prepare(
        `SELECT classes.id, name, color, positive, key, count(images.id) AS images, count(DISTINCT images.patient_id) AS patients
         FROM classes LEFT JOIN images ON images.class_id = classes.id GROUP BY classes.id ORDER BY classes.id`,
      )
      .all()
      .map((row) => classRowSchema.parse(row))
      .map((row) => ({ ...row, positive: row.positive === 1 }));

  const setPositive = (id: number) => {
    database.prepare('UPDATE classes SET positive = 0 WHERE positive = 1').run();
    database.prepare('UPDATE classes SET positive = 1 WHERE id = ?').run(id);
  };

  const insert = (name: string, color: string): number =>
    Number(database.prepare('INSERT INTO classes (name, color) VALUES (?, ?)').run(name, color).lastInsertRowid);

  return {
    classes,

    /** Id of the class of this name (letter case aside), made when missing. The first one that does not sound negative becomes positive. */
    ensureClass(name: string): number {
      return inTransaction(database, () => {
        const existing = classes();
        const same = existing.find((one) => one.name.toLowerCase() === name.toLowerCase());
        if (same) return same.id;
        const positive = existing.find((one) => one.positive);
        const id = insert(name, classColors[existing.length % classColors.length]!);
        if (!positive || (looksNegative(positive.name) && !looksNegative(name))) setPositive(id);
        return id;
      });
    },

    /** Writes names, colours, keys and the positive flag; classes that are not named stay only while images have them. */
    saveClasses(
      wanted: readonly { id: number | null; name: string; color: string; positive: boolean; key?: string | null }[],
    ): void {
      if (wanted.filter((one) => one.positive).length !== 1) {
        throw new ExpectedError({
          code: 'INVALID_INPUT',
          message: 'Exactly one class is the positive one.',
          remedy: 'Mark one.',
        });
      }
      const names = new Set(wanted.map((one) => one.name.trim().toLowerCase()));
      if (names.size < wanted.length) {
        throw new ExpectedError({
          code: 'INVALID_INPUT',
          message: 'Two classes have the same name.',
          remedy: 'Rename one.',
        });
      }
      const keys = wanted.flatMap((one) => (one.key == null ? [] : [one.key.toLowerCase()]));
      if (new Set(keys).size < keys.length) {
        throw new ExpectedError({
          code: 'INVALID_INPUT',
          message: 'Two classes have the same key.',
          remedy: 'Give one of them another.',
        });
      }
      inTransaction(database, () => {
        const kept = wanted.flatMap((one) => (one.id === null ? [] : [one.id]));
        for (const one of classes().filter((existing) => !kept.includes(existing.id))) removeClass(database, one);
        // Names are unique: free them all before they are given anew, so that two classes can swap theirs.
        for (const id of kept) database.prepare("UPDATE classes SET name = '#' || id WHERE id = ?").run(id);
        for (const one of wanted) {
          const id = one.id ?? insert(one.name.trim(), one.color);
          database
            .prepare('UPDATE classes SET name = ?, color = ?, key = ? WHERE id = ?')
            .run(one.name.trim(), one.color, one.key?.toLowerCase() ?? null, id);
          if (one.positive) setPositive(id);
        }
      });
    },

    /** Gives images a label (null takes it away) and returns how many changed; TEST_SET_LOCKED when one of them is in the locked test set. */
    label(
      imageIds: readonly number[],
      classId: number | null,
      by: { origin: LabelOrigin; author: string; at: string },
    ): number {
      return inTransaction(database, () => {
        const update = database.prepare(
          'UPDATE images SET class_id = :classId WHERE id = :id AND class_id IS NOT :classId',
        );
        const record = database.prepare(
          'INSERT INTO label_history (image_id, class_id, origin, author, at) VALUES (?, ?, ?, ?, ?)',
        );
        let changed = 0;
        for (const id of imageIds) {
          if (update.run({ id, classId }).changes === 0) continue;
          refuseForTestImages(database, [id], 'The label of an image would change.');
          record.run(id, classId, by.origin, by.author, by.at);
          changed++;
        }
        return changed;
      });
    },
  };
}

function removeClass(database: DatabaseSync, one: ClassSummary): void {
  const used = database.prepare('SELECT count(*) AS n FROM label_history WHERE class_id = ?').get(one.id);
  if (one.images > 0 || Number(used?.n) > 0) {
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: `The class ${one.name} has ${one.images} images and a label history; it cannot be removed.`,
      remedy: 'Rename it instead.',
    });
  }
  database.prepare('DELETE FROM classes WHERE id = ?').run(one.id);
}
