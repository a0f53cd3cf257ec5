import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import {
  imageDetailSchema,
  imageRowSchema,
  patientRuleSchema,
  type Folder,
  type ImageDetail,
  type ImageFilter,
  type ImageRow,
  type PatientRule,
} from '../../src-shared/contract/library.ts';
import { inTransaction } from './database.ts';
import { joinSource } from './sourcePath.ts';

const imageColumns = `images.id, files.file_name AS fileName, images.frame, images.rows, images.columns, files.format,
  images.patient_id AS patientId, patients.pseudonym AS patient, images.series_id AS seriesId, images.class_id AS classId,
  split_images.set_name AS "set"`;

/** Set membership is that of the split in force, of which there is at most one. */
const imageTables = `images
  JOIN files ON files.id = images.file_id
  JOIN patients ON patients.id = images.patient_id
  LEFT JOIN split_images ON split_images.image_id = images.id
    AND split_images.split_id = (SELECT id FROM splits WHERE ended_at IS NULL)`;

const orders = {
  name: 'files.source_id, files.folder, files.file_name',
  patient: 'patients.pseudonym, images.series_id, images.slice_position, files.file_name',
  class: 'images.class_id, files.file_name',
  set: 'split_images.set_name, files.file_name',
} as const;

/** Enough to read one image's pixels and to notice when they are no longer those that were imported. */
export interface ImageFile {
  path: string;
  frame: number;
  fileSha256: string;
  pixelSha256: string;
}

/** Images of plain files with what a patient rule needs. */
export interface PictureName {
  imageId: number;
  sourceId: number;
  folder: string;
  fileName: string;
}

/** What is in the library, as the interface and the command line ask for it. */
export function createCatalogue(database: DatabaseSync) {
  const count = (sql: string) => Number(database.prepare(sql).get()?.n);

  return {
    counts() {
      return {
        images: count('SELECT count(*) AS n FROM images'),
        patients: count('SELECT count(DISTINCT patient_id) AS n FROM images'),
        labelled: count('SELECT count(*) AS n FROM images WHERE class_id IS NOT NULL'),
        rejected: count('SELECT count(*) AS n FROM rejections'),
      };
    },

    folders: (): Folder[] => readFolders(database),

    images(query: {
      filter: ImageFilter;
      sort: keyof typeof orders;
      descending: boolean;
      offset: number;
      limit: number;
    }) {
      const { where, values } = conditions(query.filter);
      const total = Number(database.prepare(`SELECT count(*) AS n FROM ${imageTables} WHERE ${where}`).get(values)?.n);
      const direction = query.descending ? 'DESC' : 'ASC';
      const order = orders[query.sort]
        .split(', ')
        .map((column) => `${column} ${direction}`)
        .join(', ');
      const items: ImageRow[] = database
        .prepare(
          `SELECT ${imageColumns} FROM ${imageTables} WHERE ${where} ORDER BY ${order}, images.id, images.frame LIMIT :limit OFFSET :offset`,
        )
        .all({ ...values, limit: query.limit, offset: query.offset })
        .map((row) => imageRowSchema.parse(row));
      return { total, items };
    },

    image(id: number): ImageDetail {
      const row = database
        .prepare(
          `SELECT ${imageColumns}, sources.path AS source, files.relative_path AS relativePath, files.sha256 AS fileSha256,
             images.pixel_sha256 AS pixelSha256, series.modality, files.transfer_syntax AS transferSyntax, images.bits_stored AS bitsStored,
             images.slice_thickness AS sliceThickness, series.manufacturer
           FROM ${imageTables} JOIN sources ON sources.id = files.source_id LEFT JOIN series ON series.id = images.series_id WHERE images.id = ?`,
        )
        .get(id);
      if (!row) throw noImage(id);
      const labels = database
        .prepare(
          `SELECT class_id AS classId, classes.name AS className, origin, author, at
           FROM label_history LEFT JOIN classes ON classes.id = class_id WHERE image_id = ? ORDER BY label_history.id`,
        )
        .all(id);
      return imageDetailSchema.parse({ ...row, labels });
    },

    imageFile(id: number): ImageFile {
      const row = database
        .prepare(
          `SELECT sources.path AS source, files.relative_path, images.frame, files.sha256, images.pixel_sha256 FROM images
           JOIN files ON files.id = images.file_id JOIN sources ON sources.id = files.source_id WHERE images.id = ?`,
        )
        .get(id);
      if (!row) throw noImage(id);
      return {
        path: joinSource(String(row.source), String(row.relative_path)),
        frame: Number(row.frame),
        fileSha256: String(row.sha256),
        pixelSha256: String(row.pixel_sha256),
      };
    },

    /** The images to scroll through around one: its DICOM series by position along the normal, else the pictures of its patient. */
    stack(imageId: number) {
      const own = database.prepare('SELECT series_id, patient_id FROM images WHERE id = ?').get(imageId);
      if (!own) throw noImage(imageId);
      const [column, value] =
        own.series_id === null ? (['patient_id', own.patient_id] as const) : (['series_id', own.series_id] as const);
      const rows = database
        .prepare(
          `SELECT images.id, files.file_name AS fileName, images.slice_position AS position, images.orientation
           FROM images JOIN files ON files.id = images.file_id
           WHERE images.${column} = ? ORDER BY images.slice_position, images.instance_number, images.frame, files.file_name`,
        )
        .all(value as SQLInputValue);
      const images = rows.map((row) => ({ id: Number(row.id), fileName: String(row.fileName) }));
      return {
        images,
        places: rows.map((row) => ({
          position: row.position === null ? null : Number(row.position),
          orientation: row.orientation === null ? null : String(row.orientation),
        })),
        index: images.findIndex((image) => image.id === imageId),
        kind: own.series_id === null ? ('patient' as const) : ('series' as const),
      };
    },

    /** Ids of all images at and below a folder. */
    folderImages(sourceId: number, folder: string): number[] {
      const { where, values } = conditions(emptyFilter({ sourceId, folder }));
      return database
        .prepare(`SELECT images.id FROM ${imageTables} WHERE ${where}`)
        .all(values)
        .map((row) => Number(row.id));
    },

    patientRule(): PatientRule | null {
      const rule = database.prepare('SELECT patient_rule FROM project').get()?.patient_rule;
      return typeof rule === 'string' ? patientRuleSchema.parse(JSON.parse(rule)) : null;
    },

    pictureNames(): PictureName[] {
      return database
        .prepare(
          `SELECT images.id AS imageId, files.source_id AS sourceId, files.folder, files.file_name AS fileName FROM images JOIN files ON files.id = images.file_id
           WHERE files.format <> 'dicom' ORDER BY images.id`,
        )
        .all()
        .map((row) => ({
          imageId: Number(row.imageId),
          sourceId: Number(row.sourceId),
          folder: String(row.folder),
          fileName: String(row.fileName),
        }));
    },

    /** Gives plain pictures the patients of a new rule; `keys` by image id. Returns whether any image changed its patient. */
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
        database.exec(
          'DELETE FROM patients WHERE id NOT IN (SELECT patient_id FROM images) AND id NOT IN (SELECT patient_id FROM series)',
        );
        return changed;
      });
    },
  };
}
export type Catalogue = ReturnType<typeof createCatalogue>;

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

export function emptyFilter(change: Partial<ImageFilter>): ImageFilter {
  return {
    sourceId: null,
    folder: null,
    classId: null,
    set: null,
    patientId: null,
    seriesId: null,
    text: '',
    ...change,
  };
}

function conditions(filter: ImageFilter): { where: string; values: Record<string, SQLInputValue> } {
  const parts: string[] = ['1'];
  const values: Record<string, SQLInputValue> = {};
  const equals = (column: string, name: string, value: SQLInputValue) => {
    parts.push(`${column} = :${name}`);
    values[name] = value;
  };
  if (filter.sourceId !== null) equals('files.source_id', 'sourceId', filter.sourceId);
  if (filter.folder) {
    // '0' is the character after '/': a range on the index instead of a LIKE with wildcards to escape.
    parts.push(`(files.folder = :folder OR (files.folder >= :folder || '/' AND files.folder < :folder || '0'))`);
    values.folder = filter.folder;
  }
  if (filter.classId === 'none') parts.push('images.class_id IS NULL');
  else if (filter.classId !== null) equals('images.class_id', 'classId', filter.classId);
  if (filter.set === 'none') parts.push('split_images.set_name IS NULL');
  else if (filter.set !== null) equals('split_images.set_name', 'set', filter.set);
  if (filter.patientId !== null) equals('images.patient_id', 'patientId', filter.patientId);
  if (filter.seriesId !== null) equals('images.series_id', 'seriesId', filter.seriesId);
  if (filter.keyImages) parts.push('images.id IN (SELECT image_id FROM key_images)');
  if (filter.text.trim() !== '') {
    parts.push(
      '(instr(lower(files.file_name), lower(:text)) > 0 OR instr(lower(patients.pseudonym), lower(:text)) > 0)',
    );
    values.text = filter.text.trim();
  }
  return { where: parts.join(' AND '), values };
}

const folderRowSchema = z.object({
  sourceId: z.number(),
  source: z.string(),
  folder: z.string(),
  classId: z.number().nullable(),
  images: z.number(),
});

/** Every folder with images at or below it, in the order of a tree. */
function readFolders(database: DatabaseSync): Folder[] {
  const rows = database
    .prepare(
      `SELECT files.source_id AS sourceId, sources.path AS source, files.folder, images.class_id AS classId, count(*) AS images
       FROM images JOIN files ON files.id = images.file_id JOIN sources ON sources.id = files.source_id
       GROUP BY files.source_id, files.folder, images.class_id`,
    )
    .all()
    .map((row) => folderRowSchema.parse(row));
  const folders = new Map<string, Folder & { classes: Set<number | null> }>();
  for (const row of rows) {
    for (const folder of withAncestors(row.folder)) {
      const key = `${row.sourceId}:${folder}`;
      const entry = folders.get(key) ?? {
        sourceId: row.sourceId,
        source: row.source,
        folder,
        images: 0,
        classId: null,
        mixed: false,
        classes: new Set(),
      };
      entry.images += row.images;
      entry.classes.add(row.classId);
      folders.set(key, entry);
    }
  }
  return [...folders.values()]
    .map(({ classes, ...folder }) => ({
      ...folder,
      mixed: classes.size > 1,
      classId: classes.size === 1 ? [...classes][0]! : null,
    }))
    .sort((a, b) => a.sourceId - b.sourceId || byPath(a.folder, b.folder));
}

/** 'a/b' → '', 'a', 'a/b'. */
function withAncestors(folder: string): string[] {
  const names = folder === '' ? [] : folder.split('/');
  return ['', ...names.map((_name, index) => names.slice(0, index + 1).join('/'))];
}

const collator = new Intl.Collator('en', { numeric: true });

function byPath(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let depth = 0; depth < Math.min(left.length, right.length); depth++) {
    const order = collator.compare(left[depth]!, right[depth]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function noImage(id: number): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: `There is no image ${id} in this project.`,
    remedy: 'Reload the list.',
  });
}
