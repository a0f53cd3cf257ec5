import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { SetSummary, SplitHistoryEntry, SplitSummary } from '../../src-shared/contract/splits.ts';
import { setNames, setNameSchema, type SetName } from '../../src-shared/contract/vocabulary.ts';
import type { DatasetImage } from '../training/index.ts';
import { inTransaction } from './database.ts';
import { joinSource } from './sourcePath.ts';
import { describeChange, describeSplit } from './splitHistory.ts';
import { refuseLockedTest } from './testLock.ts';

const splitRowSchema = z.object({
  id: z.number(),
  method: z.enum(['ratio', 'files', 'import']),
  scheme: z.enum(['folds', 'folders']).nullable(),
  ratio: z.string().nullable(),
  seed: z.number().nullable(),
  folds: z.number().nullable(),
  fold: z.number().nullable(),
  created_at: z.string(),
});
const ratioSchema = z.tuple([z.number(), z.number(), z.number()]);

const datasetRowSchema = z.object({
  imageId: z.number(),
  source: z.string(),
  relativePath: z.string(),
  fileName: z.string(),
  folder: z.string(),
  sourceId: z.number(),
  frame: z.number(),
  fileSha256: z.string(),
  pixelSha256: z.string().nullable(),
  classId: z.number(),
  className: z.string(),
  set: setNameSchema.nullable(),
  fold: z.number().nullable(),
  patientId: z.number(),
  pseudonym: z.string(),
});

export interface NewSplit {
  method: SplitSummary['method'];
  ratio: [number, number, number] | null;
  seed: number | null;
  author: string;
  at: string;
  /** Set by image id. */
  sets: ReadonlyMap<number, SetName>;
  /** Number of folds and the one that validates, with the fold of each image of training and validation. */
  folds?: { count: number; chosen: number; byImage: ReadonlyMap<number, number> } | null;
  /** Why, where it is not plain. */
  reason?: string | null;
}

/** A labelled image with the set it has in the split in force, if any. Patients that were put together count as one. */
export type LabelledImage = Omit<DatasetImage, 'set'> & {
  set: SetName | null;
  folder: string;
  sourceId: number;
  fold: number | null;
};

export interface Author {
  author: string;
  reason: string;
  at: string;
}

/** Splits: one is in force at a time, earlier ones stay on record, changes within one are recorded. The locked test set keeps its images. */
export function createSplitStore(database: DatabaseSync) {
  const read = (condition: string): LabelledImage[] => {
    const rows = database
      .prepare(
        `SELECT facts.image_id AS imageId, sources.path AS source, files.relative_path AS relativePath, facts.file_name AS fileName, facts.folder,
           facts.source_id AS sourceId, facts.frame, files.sha256 AS fileSha256, images.pixel_sha256 AS pixelSha256, facts.class_id AS classId,
           classes.name AS className, facts.set_name AS "set", facts.fold, facts.group_id AS patientId, patients.pseudonym
         FROM image_facts AS facts JOIN images ON images.id = facts.image_id JOIN files ON files.id = images.file_id
         JOIN sources ON sources.id = facts.source_id JOIN patients ON patients.id = facts.group_id JOIN classes ON classes.id = facts.class_id
         WHERE ${condition} ORDER BY facts.image_id`,
      )
      .iterate();
    const images: LabelledImage[] = [];
    for (const row of rows) {
      const { source, relativePath, ...image } = datasetRowSchema.parse(row);
      images.push({ ...image, path: joinSource(source, relativePath) });
    }
    return images;
  };

  const inForce = () => database.prepare('SELECT id FROM splits WHERE ended_at IS NULL').get()?.id;

  const end = (at: string) => {
    database.prepare('UPDATE splits SET ended_at = ? WHERE ended_at IS NULL').run(at);
    database.exec('UPDATE image_facts SET set_name = NULL, fold = NULL WHERE set_name IS NOT NULL');
  };

  return {
    /** Labelled images that are not excluded. */
    labelled: () => read('facts.excluded = 0'),
    /** Excluded ones among them. */
    everyLabelled: () => read('1'),
    /** Labelled images under the names of further copies of their files. */
    labelledCopies(): Pick<LabelledImage, 'imageId' | 'path' | 'fileName' | 'className'>[] {
      return database
        .prepare(
          `SELECT facts.image_id, sources.path AS source, duplicates.relative_path, classes.name FROM duplicates
           JOIN images ON images.file_id = duplicates.file_id JOIN image_facts AS facts ON facts.image_id = images.id
           JOIN sources ON sources.id = duplicates.source_id JOIN classes ON classes.id = facts.class_id WHERE facts.excluded = 0`,
        )
        .all()
        .map((row) => ({
          imageId: Number(row.image_id),
          path: joinSource(String(row.source), String(row.relative_path)),
          fileName: String(row.relative_path).split('/').at(-1)!,
          className: String(row.name),
        }));
    },
    dataset: (): DatasetImage[] =>
      read('facts.excluded = 0 AND facts.set_name IS NOT NULL').flatMap((image) =>
        image.set === null ? [] : [{ ...image, set: image.set }],
      ),

    /** Throws TEST_SET_LOCKED when the test set is locked and would not be the same. */
    save(split: NewSplit): void {
      inTransaction(database, () => {
        refuseOtherTest(database, split.sets);
        end(split.at);
        if (split.method !== 'import')
          database.exec('UPDATE duplicates SET set_name = NULL WHERE set_name IS NOT NULL');
        const scheme = split.method === 'folds' || split.method === 'folders' ? split.method : null;
        const method = split.method === 'folds' || split.method === 'folders' ? 'ratio' : split.method;
        const { lastInsertRowid } = database
          .prepare(
            `INSERT INTO splits (method, scheme, ratio, seed, folds, fold, reason, author, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(
            method,
            scheme,
            split.ratio === null ? null : JSON.stringify(split.ratio),
            split.seed,
            split.folds?.count ?? null,
            split.folds?.chosen ?? null,
            split.reason ?? null,
            split.author,
            split.at,
          );
        const insert = database.prepare(
          'INSERT INTO split_images (split_id, image_id, set_name, fold) VALUES (?, ?, ?, ?)',
        );
        for (const [image, set] of split.sets) {
          insert.run(lastInsertRowid, image, set, split.folds?.byImage.get(image) ?? null);
        }
        database
          .prepare(
            `UPDATE image_facts SET set_name = own.set_name, fold = own.fold
             FROM (SELECT image_id, set_name, fold FROM split_images WHERE split_id = ?) AS own WHERE own.image_id = image_facts.image_id`,
          )
          .run(lastInsertRowid);
      });
    },

    /** Files that were given for another set a second time; that is a finding until the next split is drawn. */
    claim(sets: ReadonlyMap<number, SetName>): void {
      inTransaction(database, () => {
        const update = database.prepare(
          'UPDATE duplicates SET set_name = ? WHERE file_id = (SELECT file_id FROM images WHERE id = ?)',
        );
        for (const [image, set] of sets) update.run(set, image);
      });
    },

    /** Throws TEST_SET_LOCKED when the test set is locked. */
    end(at: string): void {
      if (inForce() === undefined) return;
      refuseLockedTest(database, 'The split cannot be dropped.');
      end(at);
    },

    /**
     * Moves images to a set (null: to none) within the split in force; each move is recorded. Call inside a transaction. Throws
     * TEST_SET_LOCKED when one of them is in the locked test set, or would be.
     */
    move(imageIds: readonly number[], set: SetName | null, by: Author): number {
      const split = inForce();
      if (split === undefined) return 0;
      const current = database.prepare('SELECT set_name FROM image_facts WHERE image_id = ?');
      const record = database.prepare(
        'INSERT INTO split_changes (split_id, image_id, from_set, to_set, author, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      );
      const remove = database.prepare('DELETE FROM split_images WHERE split_id = ? AND image_id = ?');
      const place = database.prepare('INSERT INTO split_images (split_id, image_id, set_name) VALUES (?, ?, ?)');
      const update = database.prepare('UPDATE image_facts SET set_name = ?, fold = NULL WHERE image_id = ?');
      let moved = 0;
      for (const image of imageIds) {
        const from = current.get(image)?.set_name ?? null;
        if (from === set) continue;
        if (from === 'test' || set === 'test') refuseLockedTest(database, 'An image would leave it or come into it.');
        record.run(split, image, from, set, by.author, by.reason, by.at);
        remove.run(split, image);
        if (set !== null) place.run(split, image, set);
        update.run(set, image);
        moved++;
      }
      return moved;
    },

    /** The split in force without its findings; null when there is none. */
    current(): Omit<SplitSummary, 'leakage'> | null {
      const row = database
        .prepare('SELECT id, method, scheme, ratio, seed, folds, fold, created_at FROM splits WHERE ended_at IS NULL')
        .get();
      if (!row) return null;
      const split = splitRowSchema.parse(row);
      const changes = database.prepare('SELECT count(*) AS n FROM split_changes WHERE split_id = ?').get(split.id);
      return {
        id: split.id,
        method: split.scheme ?? split.method,
        ratio: split.ratio === null ? null : ratioSchema.parse(JSON.parse(split.ratio)),
        seed: split.seed,
        folds: split.folds,
        fold: split.fold,
        createdAt: split.created_at,
        changes: Number(changes?.n),
        sets: summarise(database),
      };
    },

    /** Everything that was done to splits, in words, newest first. */
    history(): SplitHistoryEntry[] {
      const splits = database
        .prepare('SELECT id, method, scheme, ratio, seed, folds, fold, reason, author, created_at AS at FROM splits')
        .all();
      const changes = database
        .prepare(
          `SELECT at, author, reason, from_set, to_set, count(*) AS images, min(id) AS id FROM split_changes
           GROUP BY at, author, reason, from_set, to_set`,
        )
        .all();
      return [...splits.map((row) => describeSplit(row)), ...changes.map((row) => describeChange(row))].sort((a, b) =>
        a.at < b.at ? 1 : a.at > b.at ? -1 : 0,
      );
    },
  };
}

/** A locked test set stays what it is: the same images, no more and no less. Excluded ones do not count. */
function refuseOtherTest(database: DatabaseSync, sets: ReadonlyMap<number, SetName>): void {
  const now = database
    .prepare("SELECT image_id FROM image_facts WHERE set_name = 'test' AND excluded = 0")
    .all()
    .map((row) => Number(row.image_id));
  const next = new Set([...sets].flatMap(([image, set]) => (set === 'test' ? [image] : [])));
  if (now.length === next.size && now.every((image) => next.has(image))) return;
  refuseLockedTest(database, 'Another split would change it.');
}

const countsSchema = z.object({ set: setNameSchema, name: z.string().nullable(), images: z.number() });

function summarise(database: DatabaseSync): SetSummary[] {
  const patients = new Map(
    database
      .prepare(
        `SELECT set_name, count(DISTINCT group_id) AS n FROM image_facts WHERE set_name IS NOT NULL AND excluded = 0 GROUP BY set_name`,
      )
      .all()
      .map((row) => [String(row.set_name), Number(row.n)]),
  );
  const counts = database
    .prepare(
      `SELECT counted.set_name AS "set", classes.name, counted.images FROM
         (SELECT set_name, class_id, count(*) AS images FROM image_facts WHERE set_name IS NOT NULL AND excluded = 0 GROUP BY set_name, class_id) AS counted
       LEFT JOIN classes ON classes.id = counted.class_id ORDER BY classes.id`,
    )
    .all()
    .map((row) => countsSchema.parse(row));
  return setNames.map((set) => {
    const own = counts.filter((one) => one.set === set);
    return {
      set,
      images: own.reduce((sum, one) => sum + one.images, 0),
      patients: patients.get(set) ?? 0,
      classes: Object.fromEntries(own.flatMap(({ name, images }) => (name === null ? [] : [[name, images]]))),
    };
  });
}
