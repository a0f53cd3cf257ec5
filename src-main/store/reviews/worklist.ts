import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { MetricsDocument } from '../../../src-shared/contract/metrics.ts';
import { noMarks } from '../../../src-shared/contract/predictionMarks.ts';
import type { Review, WorklistRequest, WorklistRow } from '../../../src-shared/contract/review.ts';
import { createRandom, shuffled } from '../../../src-shared/domain/random.ts';
import { differ, visibleTo } from '../../evaluation/index.ts';
import { negativeName } from '../evaluations.ts';
import { predictionConditions, predictionJoins } from '../predictionMarks.ts';
import { reviewsOfImages } from './reviewRows.ts';
import { orders, shows } from './worklistSql.ts';

const rowSchema = z.object({
  imageId: z.number(),
  fileName: z.string(),
  patient: z.string(),
  label: z.string(),
  positive: z.number(),
  probability: z.number(),
  labelNow: z.string().nullable(),
  excluded: z.number(),
  /** JSON: probabilities in the order of the model card's classes. */
  probabilities: z.string(),
  cardClasses: z.string().nullable(),
});

/** What a blinded list may be narrowed to: nothing that tells of label or prediction. */
const blindedShows: ReadonlySet<WorklistRequest['show']> = new Set(['all', 'unanswered', 'answered']);

export interface WorklistOf {
  request: WorklistRequest;
  metrics: MetricsDocument;
  /** Operating point of the run that the filter compares with; null where there is none. */
  against: number | null;
  /** Of the blinded order; null where the order is not random. */
  seed: number | null;
}

/** Predictions as one reader may see them, in the order asked for or in the reader's own random order. */
export function createWorklist(database: DatabaseSync) {
  const rows = (of: WorklistOf, ids: readonly number[]) => readRows(database, of, ids);
  return {
    page(of: WorklistOf): { total: number; items: WorklistRow[] } {
      const { offset, limit, descending } = of.request.filter;
      const { from, values } = conditions(of);
      if (of.seed !== null) {
        const all = prepare(
          database,
          `SELECT image_id AS id FROM predictions WHERE run_id = :run AND set_name = :set ORDER BY image_id`,
        );
        const shown = new Set(ids(prepare(database, `SELECT predictions.image_id AS id ${from}`), values));
        // The whole set is shuffled and then narrowed, so that the order stays the same whatever is shown of it.
        const drawn = shuffled(ids(all, values), createRandom(of.seed)).filter((id) => shown.has(id));
        return { total: drawn.length, items: rows(of, drawn.slice(offset, offset + limit)) };
      }
      const total = Number(prepare(database, `SELECT count(*) AS n ${from}`).get(values)?.n);
      const { column, then } = orders[of.request.order];
      const order = `${column} ${descending ? 'DESC' : 'ASC'}${then === undefined ? '' : `, ${then}`}, predictions.image_id`;
      const page = prepare(
        database,
        `SELECT predictions.image_id AS id ${from} ORDER BY ${order} LIMIT :limit OFFSET :offset`,
      );
      return { total, items: rows(of, ids(page, { ...values, limit, offset })) };
    },

    /** One row as the reader may see it now; null when the run has no such prediction. */
    row: (of: WorklistOf, imageId: number): WorklistRow | null => rows(of, [imageId])[0] ?? null,
  };
}
export type Worklist = ReturnType<typeof createWorklist>;

function conditions({ request, metrics, against, seed }: WorklistOf) {
  const { run, set } = request.filter;
  const filter = seed === null ? request.filter : { ...noMarks, run, set };
  const own = metrics.operatingPoint.threshold;
  const { where, values } = predictionConditions(filter, { own, against });
  const show = seed === null || blindedShows.has(request.show) ? request.show : 'all';
  const disputedOnly = request.mode === 'adjudicate' && show !== 'disputed' ? ` AND ${shows.disputed}` : '';
  return {
    from: `FROM predictions ${predictionJoins} WHERE ${where} AND (${shows[show]})${disputedOnly}`,
    values: { ...values, threshold: own, reader: request.reader, role: roleOf(request) },
  };
}

export function roleOf({ mode }: Pick<WorklistRequest, 'mode'>): 'reader' | 'adjudicator' {
  return mode === 'adjudicate' ? 'adjudicator' : 'reader';
}

function readRows(database: DatabaseSync, of: WorklistOf, wanted: readonly number[]): WorklistRow[] {
  const { request, metrics } = of;
  const found = prepare(
    database,
    `SELECT predictions.image_id AS imageId, files.file_name AS fileName, patients.pseudonym AS patient, classes.name AS label,
       classes.positive, predictions.probability, now.name AS labelNow,
       images.id IN (SELECT image_id FROM excluded_images) AS excluded, predictions.probabilities,
       (SELECT json_extract(card, '$.classes') FROM runs WHERE runs.id = predictions.run_id) AS cardClasses
     FROM predictions ${predictionJoins} LEFT JOIN classes AS now ON now.id = images.class_id
     WHERE predictions.run_id = :run AND predictions.set_name = :set
       AND predictions.image_id IN (SELECT value FROM json_each(:wanted))`,
  )
    .all({ run: request.filter.run, set: request.filter.set, wanted: JSON.stringify(wanted) })
    .map((row) => rowSchema.parse(row));
  const byId = new Map(found.map((row) => [row.imageId, row]));
  const reviews = reviewsOfImages(database, request.filter.run, wanted);
  const words = { positive: metrics.positiveClass, negative: negativeName(database) };
  return wanted.flatMap((id) => {
    const row = byId.get(id);
    return row === undefined ? [] : [toRow(of, row, reviews.get(id) ?? [], words)];
  });
}

function toRow(
  { request, metrics, seed }: WorklistOf,
  row: z.infer<typeof rowSchema>,
  reviews: readonly Review[],
  words: { positive: string; negative: string },
): WorklistRow {
  const { own, others, adjudication } = visibleTo(request.reader, request.mode, reviews);
  const revealed = seed === null || (own !== null && own.verdict !== null);
  const called = row.probability >= metrics.operatingPoint.threshold;
  const outcome = row.positive === 1 ? (called ? 'tp' : 'fn') : called ? 'fp' : 'tn';
  const answers = request.mode === 'adjudicate' || own === null ? others : [own, ...others];
  return {
    imageId: row.imageId,
    revealed,
    fileName: revealed ? row.fileName : null,
    patient: row.patient,
    label: revealed ? row.label : null,
    relabelledTo: revealed && row.labelNow !== row.label ? (row.labelNow ?? 'no label') : null,
    excluded: revealed && row.excluded === 1,
    probability: revealed ? row.probability : null,
    decision: revealed ? (called ? words.positive : words.negative) : null,
    classes: revealed ? classProbabilities(row) : null,
    outcome: revealed ? outcome : null,
    review: own,
    others,
    adjudication,
    disputed: differ(answers),
  };
}

const probabilitiesSchema = z.array(z.number());
const namesSchema = z.array(z.string());

/** Null for two classes, of which the probability of one says all. */
function classProbabilities({ probabilities, cardClasses }: z.infer<typeof rowSchema>): WorklistRow['classes'] {
  const names = cardClasses === null ? [] : namesSchema.parse(JSON.parse(cardClasses));
  if (names.length < 3) return null;
  const values = probabilitiesSchema.parse(JSON.parse(probabilities));
  return names
    .map((name, place) => ({ name, probability: values[place] ?? 0 }))
    .sort((one, other) => other.probability - one.probability);
}

/** A statement that may be given more values than it names. */
function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setAllowUnknownNamedParameters(true);
  return statement;
}

function ids(statement: StatementSync, values: Record<string, SQLInputValue>): number[] {
  return statement.all(values).map((row) => Number(row.id));
}
