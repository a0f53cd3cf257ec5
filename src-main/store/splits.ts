import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { setNames, setNameSchema, type SetName } from '../../src-shared/contract/vocabulary.ts';
import type { SetSummary, SplitSummary } from '../../src-shared/contract/project.ts';
import type { DatasetImage } from '../training/index.ts';
import { inTransaction } from './database.ts';
import { joinSource } from './sourcePath.ts';

const splitRowSchema = z.object({
  id: z.number(),
  method: z.enum(['ratio', 'files', 'import']),
  ratio: z.string().nullable(),
  seed: z.number().nullable(),
  created_at: z.string(),
});
const ratioSchema = z.tuple([z.number(), z.number(), z.number()]);

const datasetRowSchema = z.object({
  imageId: z.number(),
  source: z.string(),
  relativePath: z.string(),
  fileName: z.string(),
  folder: z.string(),
  frame: z.number(),
  fileSha256: z.string(),
  pixelSha256: z.string(),
  classId: z.number(),
  className: z.string(),
  set: setNameSchema.nullable(),
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
}

/** A labelled image with the set it has in the split in force, if any. */
export type LabelledImage = Omit<DatasetImage, 'set'> & { set: SetName | null; folder: string };

/** Splits: one is in force at a time, earlier ones stay on record. */
export function createSplitStore(database: DatabaseSync) {
  const labelled = (): LabelledImage[] =>
    database
      .prepare(
        `SELECT images.id AS imageId, sources.path AS source, files.relative_path AS relativePath, files.file_name AS fileName, files.folder, images.frame,
           files.sha256 AS fileSha256, images.pixel_sha256 AS pixelSha256, images.class_id AS classId, classes.name AS className,
           split_images.set_name AS "set", images.patient_id AS patientId, patients.pseudonym
         FROM images JOIN files ON files.id = images.file_id JOIN sources ON sources.id = files.source_id
         JOIN patients ON patients.id = images.patient_id JOIN classes ON classes.id = images.class_id
         LEFT JOIN split_images ON split_images.image_id = images.id
           AND split_images.split_id = (SELECT id FROM splits WHERE ended_at IS NULL)
         ORDER BY images.id`,
      )
      .all()
      .map((row) => datasetRowSchema.parse(row))
      .map(({ source, relativePath, ...row }) => ({ ...row, path: joinSource(source, relativePath) }));

  const end = (at: string) => database.prepare('UPDATE splits SET ended_at = ? WHERE ended_at IS NULL').run(at);

  return {
    labelled,
    dataset: (): DatasetImage[] =>
      labelled().flatMap((image) => (image.set === null ? [] : [{ ...image, set: image.set }])),

    save(split: NewSplit): void {
      inTransaction(database, () => {
        end(split.at);
        const { lastInsertRowid } = database
          .prepare('INSERT INTO splits (method, ratio, seed, author, created_at) VALUES (?, ?, ?, ?, ?)')
          .run(
            split.method,
            split.ratio === null ? null : JSON.stringify(split.ratio),
            split.seed,
            split.author,
            split.at,
          );
        const insert = database.prepare('INSERT INTO split_images (split_id, image_id, set_name) VALUES (?, ?, ?)');
        for (const [image, set] of split.sets) insert.run(lastInsertRowid, image, set);
      });
    },

    end: (at: string) => void end(at),

    /** The split in force without its findings; null when there is none. */
    current(): Omit<SplitSummary, 'leakage'> | null {
      const row = database
        .prepare('SELECT id, method, ratio, seed, created_at FROM splits WHERE ended_at IS NULL')
        .get();
      if (!row) return null;
      const split = splitRowSchema.parse(row);
      return {
        id: split.id,
        method: split.method,
        ratio: split.ratio === null ? null : ratioSchema.parse(JSON.parse(split.ratio)),
        seed: split.seed,
        createdAt: split.created_at,
        sets: setNames.map((set) => summarise(database, split.id, set)),
      };
    },
  };
}
export type SplitStore = ReturnType<typeof createSplitStore>;

function summarise(database: DatabaseSync, split: number, set: SetName): SetSummary {
  const totals = database
    .prepare(
      `SELECT count(*) AS images, count(DISTINCT images.patient_id) AS patients FROM split_images
       JOIN images ON images.id = split_images.image_id WHERE split_id = ? AND set_name = ?`,
    )
    .get(split, set);
  const classes = database
    .prepare(
      `SELECT classes.name, count(*) AS n FROM split_images JOIN images ON images.id = split_images.image_id
       JOIN classes ON classes.id = images.class_id WHERE split_id = ? AND set_name = ? GROUP BY classes.id ORDER BY classes.id`,
    )
    .all(split, set);
  return {
    set,
    images: Number(totals?.images),
    patients: Number(totals?.patients),
    classes: Object.fromEntries(classes.map((row) => [String(row.name), Number(row.n)])),
  };
}
