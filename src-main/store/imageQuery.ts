/** Search, filters and order of the images: one flat table, one index for each order. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import {
  emptyImageFilter,
  imageRowSchema,
  type Facets,
  type ImageFilter,
  type ImageRow,
  type ImageSort,
} from '../../src-shared/contract/library.ts';
import { setNameSchema, type SetName } from '../../src-shared/contract/vocabulary.ts';

/** Columns of a row as the interface shows it, of `image_facts AS facts`. */
export const imageColumns = `facts.image_id AS id, facts.file_name AS fileName, facts.frame, facts.rows, facts.columns, facts.format,
  facts.patient_id AS patientId, facts.pseudonym AS patient, facts.series_id AS seriesId, facts.class_id AS classId, facts.set_name AS "set",
  facts.excluded, facts.duplicate, facts.finding, ${reviewed('facts.image_id')} AS reviewed,
  EXISTS (SELECT 1 FROM key_images WHERE image_id = facts.image_id) AS keyImage`;

/** Whether a reader has said something of an image: a verdict in Review, or a label of their own. */
function reviewed(image: string): string {
  return `(EXISTS (SELECT 1 FROM review_states WHERE image_id = ${image} AND verdict IS NOT NULL)
    OR EXISTS (SELECT 1 FROM reader_label_states WHERE image_id = ${image} AND class_id IS NOT NULL))`;
}

/** The label that a reader of this name gave, as a column of its own. */
const readingOf = (reader: string | undefined): string =>
  reader === undefined
    ? 'NULL'
    : `(SELECT class_id FROM reader_label_states WHERE image_id = facts.image_id
        AND reader_id = (SELECT id FROM readers WHERE name = :reader))`;

const flagSchema = z.number().transform((value) => value === 1);
const flagsSchema = z.object({
  excluded: flagSchema,
  duplicate: flagSchema,
  finding: flagSchema,
  reviewed: flagSchema,
  keyImage: flagSchema,
});

export function readImageRow(row: Record<string, SQLOutputValue>) {
  return { ...row, ...flagsSchema.parse(row) };
}

/** Complete orders, the same columns as their index; the image id decides between equals. */
const orders: Record<ImageSort, readonly string[]> = {
  name: ['source_id', 'folder', 'file_name', 'frame'],
  patient: ['pseudonym', 'series_id', 'slice_position', 'file_name'],
  class: ['class_id', 'file_name'],
  set: ['set_name', 'file_name'],
  size: ['rows * columns'],
  thickness: ['slice_thickness'],
  scanner: ['scanner'],
  format: ['format'],
  bytes: ['bytes'],
  added: [],
};

export interface ImageQuery {
  /** Conditions that are left out do not narrow. */
  filter: Partial<ImageFilter>;
  sort: ImageSort;
  descending: boolean;
  /** Whose own labels come with the rows. */
  reader?: string | undefined;
}

export function createImageQueries(database: DatabaseSync) {
  return {
    images(query: ImageQuery & { offset: number; limit: number }): { total: number; items: ImageRow[] } {
      const { where, values } = conditions(query.filter);
      const total = Number(database.prepare(`SELECT count(*) AS n FROM image_facts WHERE ${where}`).get(values)?.n);
      const items = database
        .prepare(pageStatement(query))
        .all({
          ...values,
          ...(query.reader === undefined ? {} : { reader: query.reader }),
          limit: query.limit,
          offset: query.offset,
        })
        .map((row) => imageRowSchema.parse(readImageRow(row)));
      return { total, items };
    },

    /** Ids of all images of a query, in its order. */
    imageIds(query: ImageQuery): number[] {
      const { where, values } = conditions(query.filter);
      return database
        .prepare(`SELECT image_id AS id FROM image_facts WHERE ${where} ORDER BY ${orderOf(query)}`)
        .all(values)
        .map((row) => Number(row.id));
    },

    /** Place of an image in a query, from 0; null when it does not fit. */
    placeOf(imageId: number, query: ImageQuery): number | null {
      const { where, values } = conditions(query.filter);
      const row = database
        .prepare(
          `SELECT place FROM (SELECT image_id, row_number() OVER (ORDER BY ${orderOf(query)}) - 1 AS place FROM image_facts WHERE ${where})
           WHERE image_id = :wanted`,
        )
        .get({ ...values, wanted: imageId });
      return row === undefined ? null : Number(row.place);
    },

    facets(): Facets {
      const values = (column: string) =>
        database
          .prepare(
            `SELECT ${column} AS value, count(*) AS images FROM image_facts WHERE ${column} IS NOT NULL GROUP BY ${column} ORDER BY images DESC, value LIMIT 200`,
          )
          .all()
          .map((row) => ({ value: String(row.value), images: Number(row.images) }));
      const marked = (column: string) =>
        Number(database.prepare(`SELECT count(*) AS n FROM image_facts WHERE ${column} = 1`).get()?.n);
      return {
        formats: values('format'),
        modalities: values('modality'),
        scanners: values('scanner'),
        duplicates: marked('duplicate'),
        findings: marked('finding'),
        excluded: marked('excluded'),
      };
    },

    /** Set of each of these images. */
    setsOf(imageIds: readonly number[]): { id: number; set: SetName | null }[] {
      const select = database.prepare('SELECT set_name FROM image_facts WHERE image_id = ?');
      return imageIds.map((id) => ({ id, set: setNameSchema.nullable().parse(select.get(id)?.set_name ?? null) }));
    },

    /** All images in any set of the patients of these images, with the patients that were put together with them. */
    imagesOfGroups(imageIds: readonly number[]): number[] {
      const select = database.prepare(
        `SELECT image_id AS id FROM image_facts WHERE set_name IS NOT NULL AND group_id = (SELECT group_id FROM image_facts WHERE image_id = ?)`,
      );
      return [...new Set(imageIds.flatMap((image) => select.all(image).map((row) => Number(row.id))))];
    },

    /** Ids of all images at and below a folder. */
    folderImages(sourceId: number, folder: string): number[] {
      const { where, values } = conditions({ sourceId, folder });
      return database
        .prepare(`SELECT image_id AS id FROM image_facts WHERE ${where} ORDER BY image_id`)
        .all(values)
        .map((row) => Number(row.id));
    },
  };
}

/** The page is cut from ids alone, which the index of the order holds; only its rows are read (the join is crossed to keep it so). */
export function pageStatement(query: ImageQuery): string {
  const { where } = conditions(query.filter);
  return `WITH page AS MATERIALIZED (
      SELECT image_id FROM image_facts WHERE ${where} ORDER BY ${orderOf(query)} LIMIT :limit OFFSET :offset)
    SELECT ${imageColumns}, ${readingOf(query.reader)} AS reading FROM page CROSS JOIN image_facts AS facts ON facts.image_id = page.image_id ORDER BY ${orderOf(query, 'facts.')}`;
}

export function orderOf({ sort, descending }: Omit<ImageQuery, 'filter'>, prefix = ''): string {
  const direction = descending ? 'DESC' : 'ASC';
  const columns = [...orders[sort], 'image_id'].map((column) =>
    column === 'rows * columns' ? `${prefix}rows * ${prefix}columns` : `${prefix}${column}`,
  );
  return columns.map((column) => `${column} ${direction}`).join(', ');
}

/** Conditions on image_facts, all of them parameters; '1' without any. */
export function conditions(given: Partial<ImageFilter>): { where: string; values: Record<string, SQLInputValue> } {
  const filter = { ...emptyImageFilter, ...given };
  const parts: string[] = [];
  const values: Record<string, SQLInputValue> = {};
  const add = (condition: string, name?: string, value?: SQLInputValue) => {
    parts.push(condition);
    if (name !== undefined && value !== undefined) values[name] = value;
  };
  const equals = (column: string, name: string, value: SQLInputValue | null) => {
    if (value !== null) add(`${column} = :${name}`, name, value);
  };
  equals('source_id', 'sourceId', filter.sourceId);
  if (filter.folder) {
    // '0' is the character after '/': a range on the index instead of a LIKE with wildcards to escape.
    add(`(folder = :folder OR (folder >= :folder || '/' AND folder < :folder || '0'))`, 'folder', filter.folder);
  }
  if (filter.classId === 'none') add('class_id IS NULL');
  else if (filter.classId === 'any') add('class_id IS NOT NULL');
  else equals('class_id', 'classId', filter.classId);
  if (filter.set === 'none') add('set_name IS NULL');
  else equals('set_name', 'set', filter.set);
  equals('fold', 'fold', filter.fold);
  // Patients that were put together are shown together.
  if (filter.patientId !== null)
    add(
      'group_id = (SELECT group_id FROM image_facts WHERE patient_id = :patientId LIMIT 1)',
      'patientId',
      filter.patientId,
    );
  if (filter.seriesId !== null) {
    add('image_id IN (SELECT id FROM images WHERE series_id = :seriesId)', 'seriesId', filter.seriesId);
  }
  equals('format', 'format', filter.format);
  equals('modality', 'modality', filter.modality);
  if (filter.scanner === '') add('scanner IS NULL');
  else equals('scanner', 'scanner', filter.scanner);
  addRange('slice_thickness', 'thickness', filter.thickness, add);
  addRange('max(rows, columns)', 'size', filter.size, add);
  addFinding(filter.finding, add);
  if (filter.keyImages) add('image_id IN (SELECT image_id FROM key_images)');
  if (filter.reviewed !== undefined) add(`${filter.reviewed ? '' : 'NOT '}${reviewed('image_facts.image_id')}`);
  if (filter.unreadBy !== undefined) {
    add(
      `NOT EXISTS (SELECT 1 FROM reader_label_states AS own WHERE own.image_id = image_facts.image_id AND own.class_id IS NOT NULL
        AND own.reader_id = (SELECT id FROM readers WHERE name = :unreadBy))`,
      'unreadBy',
      filter.unreadBy,
    );
  }
  if (filter.duplicate !== null) add(`duplicate = ${filter.duplicate ? 1 : 0}`);
  if (filter.excluded !== null) add(`excluded = ${filter.excluded ? 1 : 0}`);
  words(filter.text).forEach((word, index) => {
    const forms = writtenForms(word).map((form, place) => {
      values[`word${index}_${place}`] = form;
      return `instr(search_text, :word${index}_${place}) > 0`;
    });
    // A scanner of which only the manufacturer or the model is known is in its column alone.
    forms.push(`instr(lower(scanner), :word${index}_0) > 0`);
    add(`(${forms.join(' OR ')})`);
  });
  return { where: parts.length === 0 ? '1' : parts.join(' AND '), values };
}

type Add = (condition: string, name?: string, value?: SQLInputValue) => void;

function addRange(column: string, name: string, range: ImageFilter['size'], add: Add): void {
  if (range?.from != null) add(`${column} >= :${name}From`, `${name}From`, range.from);
  if (range?.to != null) add(`${column} <= :${name}To`, `${name}To`, range.to);
}

function addFinding(finding: ImageFilter['finding'], add: Add): void {
  if (finding === null) return;
  if (typeof finding === 'boolean') return add(`finding = ${finding ? 1 : 0}`);
  add(
    `image_id IN (SELECT finding_images.image_id FROM finding_cases JOIN finding_images ON finding_images.case_id = finding_cases.id
      WHERE finding_cases.finding = :finding AND finding_cases.gone_at IS NULL)`,
    'finding',
    finding,
  );
}

/**
 * SQLite's lower() knows ASCII only and compares characters as they are stored: a word with other letters is looked for in lower case, in capitals and
 * with its first letter capital, composed as most systems write it and decomposed as macOS names its files. Each form is lower case as SQLite makes it.
 */
function writtenForms(word: string): string[] {
  const lower = word.toLowerCase();
  const [first = '', ...others] = lower;
  const cases = [word, lower, word.toUpperCase(), first.toUpperCase() + others.join('')];
  const forms = cases.flatMap((one) => [one.normalize('NFC'), one.normalize('NFD')]);
  return [...new Set(forms.map((form) => form.replace(/[A-Z]/g, (letter) => letter.toLowerCase())))];
}

const mostWords = 8;

function words(text: string): string[] {
  return text.trim().split(/\s+/).filter(Boolean).slice(0, mostWords);
}
