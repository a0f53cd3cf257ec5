import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import type { SplitSummary } from '../../src-shared/contract/project.ts';
import { setNameSchema } from '../../src-shared/contract/vocabulary.ts';
import type { ReportData, ReportPrediction, ReportSource } from '../report/index.ts';
import type { ProjectStore } from './index.ts';

const predictionSchema = z.object({
  imageId: z.number(),
  patient: z.string(),
  pixelSha256: z.string(),
  set: setNameSchema,
  label: z.string(),
  probability: z.number(),
  format: z.string(),
  sliceThickness: z.number().nullable(),
  manufacturer: z.string().nullable(),
  sex: z.string().nullable(),
  ageYears: z.number().nullable(),
});

const originSchema = z.enum(['folder', 'reader', 'import']);

/** What a report says of the project, read from the store. No name, identifier, file or folder name is among it. */
export function createReportSource(
  store: ProjectStore,
  split: () => SplitSummary | null,
  softwareVersion: string,
): ReportSource {
  const { database } = store;
  return {
    softwareVersion,
    split,
    project: () => {
      const facts = store.project.facts();
      return {
        name: facts?.name ?? '',
        createdAt: facts?.createdAt ?? '',
        classes: store.classes
          .classes()
          .map(({ name, positive, images, patients }) => ({ name, positive, images, patients })),
      };
    },
    data: () => readData(database),
    run: (id) => {
      const run = store.runs.run(id);
      return run ? { ...run, card: store.runs.card(id) } : null;
    },
    predictions: (run) => readPredictions(database, run),
    openings: store.evaluations.openings,
  };
}

function readData(database: DatabaseSync): ReportData {
  const count = (sql: string, ...values: SQLInputValue[]) => Number(database.prepare(sql).get(...values)?.n);
  const sources = database
    .prepare('SELECT id FROM sources ORDER BY id')
    .all()
    .map(({ id }) => {
      const formats = database
        .prepare('SELECT format, count(*) AS files FROM files WHERE source_id = ? GROUP BY format ORDER BY format')
        .all(id as SQLInputValue);
      const own = 'FROM images JOIN files ON files.id = images.file_id WHERE files.source_id = ?';
      return {
        formats: formats.map((row) => ({ format: String(row.format), files: Number(row.files) })),
        images: count(`SELECT count(*) AS n ${own}`, id as SQLInputValue),
        patients: count(`SELECT count(DISTINCT images.patient_id) AS n ${own}`, id as SQLInputValue),
      };
    });
  const refusals = database.prepare('SELECT code, count(*) AS files FROM rejections GROUP BY code ORDER BY code').all();
  const duplicates = count('SELECT count(*) AS n FROM duplicates');
  const inForce = 'SELECT max(id) FROM label_history WHERE label_history.image_id = images.id';
  const labels = database
    .prepare(
      `SELECT label_history.origin, count(*) AS n FROM images JOIN label_history ON label_history.id = (${inForce})
       WHERE images.class_id IS NOT NULL GROUP BY label_history.origin`,
    )
    .all();
  const members = 'SELECT image_id FROM split_images WHERE split_id = (SELECT id FROM splits WHERE ended_at IS NULL)';
  return {
    sources,
    duplicates,
    filesFound: count('SELECT (SELECT count(*) FROM files) + (SELECT count(*) FROM rejections) AS n') + duplicates,
    refusals: refusals.map((row) => ({ code: String(row.code), files: Number(row.files) })),
    images: count('SELECT count(*) AS n FROM images'),
    patients: count('SELECT count(DISTINCT patient_id) AS n FROM images'),
    unlabelledImages: count('SELECT count(*) AS n FROM images WHERE class_id IS NULL'),
    labelledOutsideSplit: count(
      `SELECT count(*) AS n FROM images WHERE class_id IS NOT NULL AND id NOT IN (${members})`,
    ),
    labels: labels.map((row) => ({ origin: originSchema.parse(row.origin), images: Number(row.n) })),
    labelAuthors: count('SELECT count(DISTINCT author) AS n FROM label_history'),
  };
}

/** In the order of image ids, which is the order in which evaluation computed the metrics. */
function readPredictions(database: DatabaseSync, run: string): ReportPrediction[] {
  return database
    .prepare(
      `SELECT predictions.image_id AS imageId, patients.pseudonym AS patient, images.pixel_sha256 AS pixelSha256, predictions.set_name AS "set",
         classes.name AS label, predictions.probability, files.format, images.slice_thickness AS sliceThickness, series.manufacturer,
         patients.sex, patients.age_years AS ageYears
       FROM predictions JOIN images ON images.id = predictions.image_id JOIN files ON files.id = images.file_id
       JOIN patients ON patients.id = images.patient_id JOIN classes ON classes.id = predictions.label_class_id
       LEFT JOIN series ON series.id = images.series_id WHERE predictions.run_id = ? ORDER BY predictions.image_id`,
    )
    .all(run)
    .map((row) => predictionSchema.parse(row))
    .map(({ imageId, patient, pixelSha256, set, label, probability, ...facts }) => ({
      imageId,
      patient,
      pixelSha256,
      set,
      label,
      probability,
      attributes: attributesOf(facts),
    }));
}

type Facts = Pick<z.infer<typeof predictionSchema>, 'format' | 'sliceThickness' | 'manufacturer' | 'sex' | 'ageYears'>;

/** Only bands and kinds, so that a subgroup never points at a person. */
function attributesOf(facts: Facts): Record<string, string> {
  const attributes: Record<string, string> = { 'File type': facts.format.toUpperCase() };
  if (facts.sliceThickness !== null) {
    attributes['Slice thickness'] =
      facts.sliceThickness <= 1.5 ? 'up to 1.5 mm' : facts.sliceThickness <= 3 ? '1.5–3 mm' : 'over 3 mm';
  }
  if (facts.manufacturer) attributes.Scanner = facts.manufacturer;
  if (facts.sex) attributes.Sex = facts.sex;
  if (facts.ageYears !== null)
    attributes.Age = facts.ageYears < 40 ? 'under 40' : facts.ageYears < 65 ? '40–64' : '65 and over';
  return attributes;
}
