import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import type { SplitSummary } from '../../src-shared/contract/splits.ts';
import { setNameSchema } from '../../src-shared/contract/vocabulary.ts';
import { imageName } from '../../src-shared/domain/imageName.ts';
import { uidFrom } from '../platform/dicomFile.ts';
import { consensusOf, reviewAgreement } from '../evaluation/index.ts';
import type { ReportData, ReportPrediction, ReportReading, ReportSource } from '../report/index.ts';
import type { ProjectStore } from './index.ts';
import { predictionJoins } from './predictionMarks.ts';
import { reviewsOfImages } from './reviews/reviewRows.ts';
import { subgroupAttributes, subgroupLevels } from './subgroups.ts';

const predictionSchema = z.object({
  imageId: z.number(),
  patient: z.string(),
  pixelSha256: z.string(),
  set: setNameSchema,
  label: z.string(),
  probability: z.number(),
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
    data: () => ({ ...readData(database), ...readDecisions(store) }),
    run: (id) => {
      const run = store.runs.run(id);
      return run ? { ...run, card: store.runs.card(id) } : null;
    },
    predictions: (run) => readPredictions(database, run, store.project.facts()?.id ?? ''),
    images: () => readImages(database),
    readings: (run) => readReadings(store, run),
    openings: store.evaluations.openings,
    frozenPoints: store.evaluations.frozenPoints,
  };
}

/** Agreement and audit of each evaluated set; readers go by number. */
function readReadings(store: ProjectStore, run: string): ReportReading[] {
  return (['validation', 'test'] as const).flatMap((set) => {
    const metrics = store.evaluations.document(run, set);
    if (metrics === null) return [];
    const numbers = new Map(store.reviews.readers().map((reader, place) => [reader.name, `Reader ${place + 1}`]));
    const states = store.reviews
      .states(run, set, metrics.operatingPoint.threshold)
      .map((state) => ({ ...state, reader: numbers.get(state.reader) ?? state.reader }));
    const agreement = reviewAgreement({ predictions: metrics.n.images, states, ...store.reviews.marked(run, set) });
    return [{ set, agreement, audit: store.audits.document(run, set) }];
  });
}

/** What people decided on the data: exclusions, findings, the lock of the test set. */
function readDecisions(store: ProjectStore): Pick<ReportData, 'exclusions' | 'findings' | 'testSetActs'> {
  store.findings.refresh(new Date().toISOString());
  const exclusions = new Map<string, number>();
  for (const { reason } of store.exclusions.excluded()) exclusions.set(reason, (exclusions.get(reason) ?? 0) + 1);
  return {
    exclusions: [...exclusions].map(([reason, images]) => ({ reason, images })),
    findings: store.findings.findings(),
    testSetActs: store.testLock
      .history()
      .map(
        ({ locked, author, reason, at }) =>
          `Test set ${locked ? 'locked' : 'unlocked'} on ${at.slice(0, 10)} by ${author}: ${reason}`,
      ),
  };
}

function readData(database: DatabaseSync): Omit<ReportData, 'exclusions' | 'findings' | 'testSetActs'> {
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
  const members = 'SELECT image_id FROM image_facts WHERE set_name IS NOT NULL OR excluded = 1';
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

const imageSchema = z.object({
  imageId: z.number(),
  patient: z.string(),
  pixelSha256: z.string().nullable(),
  set: setNameSchema.nullable(),
  label: z.string().nullable(),
  excluded: z.number(),
});

function readImages(database: DatabaseSync): ReturnType<NonNullable<ReportSource['images']>> {
  return database
    .prepare(
      `SELECT image_facts.image_id AS imageId, patients.pseudonym AS patient, images.pixel_sha256 AS pixelSha256, set_name AS "set",
         classes.name AS label, image_facts.excluded FROM image_facts JOIN images ON images.id = image_id
       JOIN patients ON patients.id = images.patient_id LEFT JOIN classes ON classes.id = images.class_id ORDER BY image_id`,
    )
    .all()
    .map((row) => {
      const { imageId, excluded, ...image } = imageSchema.parse(row);
      return { id: imageName(imageId), ...image, excluded: excluded === 1 };
    });
}

/** In the order of image ids, which is the order in which evaluation computed the metrics. */
function readPredictions(database: DatabaseSync, run: string, project: string): ReportPrediction[] {
  const reviews = reviewsOfImages(database, run, null);
  const levels = subgroupAttributes.map((attribute, place) => `${subgroupLevels[attribute]} AS level${place}`);
  return database
    .prepare(
      `SELECT predictions.image_id AS imageId, patients.pseudonym AS patient, images.pixel_sha256 AS pixelSha256, predictions.set_name AS "set",
         classes.name AS label, predictions.probability, predictions.probabilities,
         ${dicomColumns}, ${levels.join(', ')}
       FROM predictions ${predictionJoins} WHERE predictions.run_id = ? ORDER BY predictions.image_id`,
    )
    .all(run)
    .map((row) => {
      const attributes = subgroupAttributes.flatMap((attribute, place) => {
        const level = row[`level${place}`];
        return typeof level === 'string' ? [[attribute, level] as const] : [];
      });
      const { imageId, patient, pixelSha256, set, label, probability } = row;
      const { answer, note } = consensusOf(reviews.get(Number(imageId)) ?? []);
      return {
        ...predictionSchema.parse({ imageId, patient, pixelSha256, set, label, probability }),
        probabilities: classProbabilities(row.probabilities),
        answer,
        reviewNote: note,
        dicom: dicomReference(row, project),
        attributes: Object.fromEntries(attributes),
      };
    });
}

const dicomColumns = `files.sop_class_uid AS sopClass, files.sop_instance_uid AS instance, series.series_uid AS series,
         series.study_uid AS study, images.frame, (SELECT count(*) FROM images AS others WHERE others.file_id = images.file_id) AS frames`;

const dicomSchema = z.object({
  sopClass: z.string(),
  instance: z.string(),
  series: z.string(),
  study: z.string(),
  frame: z.number(),
  frames: z.number(),
});

/** UIDs as pseudonyms, the same for one UID in every report of the project; null where the image is no DICOM instance of a study. */
function dicomReference(row: Record<string, unknown>, project: string): ReportPrediction['dicom'] {
  const parsed = dicomSchema.safeParse(row);
  if (!parsed.success) return null;
  const { sopClass, instance, series, study, frame, frames } = parsed.data;
  const pseudonym = (uid: string) => uidFrom(`${project}/${uid}`);
  return {
    sopClass,
    instance: pseudonym(instance),
    series: pseudonym(series),
    study: pseudonym(study),
    frame: frames > 1 ? frame + 1 : null,
  };
}

/** Null where there are two classes, of which one probability says all. */
function classProbabilities(stored: unknown): number[] | null {
  const all = z.array(z.number()).parse(JSON.parse(String(stored)));
  return all.length > 2 ? all : null;
}
