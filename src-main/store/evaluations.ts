import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { FrozenPoint, PredictionRow, TestOpening } from '../../src-shared/contract/evaluation.ts';
import { predictionFilterSchema } from '../../src-shared/contract/evaluation.ts';
import { metricsDocumentSchema, type MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import type { StoredPrediction } from '../evaluation/index.ts';
import { inTransaction } from './database.ts';
import { createOperatingPointStore } from './operatingPoints.ts';
import { createPredictionTables } from './predictionTables.ts';
import { predictionConditions, predictionJoins } from './predictionMarks.ts';

const openingSchema = z.object({ run_id: z.string(), opened_by: z.string(), at: z.string() });

const rowSchema = z.object({
  image_id: z.number(),
  file_name: z.string(),
  frame: z.number(),
  pseudonym: z.string(),
  label: z.string(),
  positive: z.number(),
  probability: z.number(),
});

const orders = {
  loss: 'abs(classes.positive - predictions.probability)',
  probability: 'predictions.probability',
  fileName: 'files.file_name COLLATE NOCASE',
  patient: 'patients.pseudonym',
} as const;

/** Predictions, metrics documents and the history of the test set. */
export function createEvaluationStore(database: DatabaseSync) {
  const document = (run: string, set: SetName): MetricsDocument | null => {
    const row = database.prepare('SELECT document FROM evaluations WHERE run_id = ? AND set_name = ?').get(run, set);
    return row ? metricsDocumentSchema.parse(JSON.parse(String(row.document))) : null;
  };

  const points = createOperatingPointStore(database);

  return {
    document,
    ...points,
    ...createPredictionTables(database),

    /** Runs that have results on a set. */
    evaluatedRuns: (set: SetName): string[] =>
      database
        .prepare('SELECT run_id FROM evaluations WHERE set_name = ?')
        .all(set)
        .map((row) => String(row.run_id)),

    /** The history's entry and the validation figures at the new point, in one transaction. */
    saveFrozenPoint(run: string, point: FrozenPoint, metrics: MetricsDocument): void {
      inTransaction(database, () => {
        points.recordFrozenPoint(run, point);
        database
          .prepare("UPDATE evaluations SET at = ?, document = ? WHERE run_id = ? AND set_name = 'validation'")
          .run(point.at, JSON.stringify(metrics), run);
      });
    },

    saveEvaluation(
      run: string,
      set: SetName,
      predictions: StoredPrediction[],
      metrics: MetricsDocument,
      at: string,
    ): void {
      inTransaction(database, () => {
        database.prepare('DELETE FROM predictions WHERE run_id = ? AND set_name = ?').run(run, set);
        const insert = database.prepare(
          `INSERT OR REPLACE INTO predictions (run_id, image_id, set_name, label_class_id, probability, probabilities)
           VALUES (?, ?, ?, ?, ?, ?)`,
        );
        for (const one of predictions) {
          insert.run(run, one.imageId, set, one.labelClassId, one.probability, JSON.stringify(one.probabilities));
        }
        database
          .prepare('INSERT OR REPLACE INTO evaluations (run_id, set_name, at, document) VALUES (?, ?, ?, ?)')
          .run(run, set, at, JSON.stringify(metrics));
      });
    },

    recordOpening(opening: { run: string; openedBy: string; at: string }): void {
      database
        .prepare('INSERT INTO test_openings (run_id, opened_by, at) VALUES (?, ?, ?)')
        .run(opening.run, opening.openedBy, opening.at);
    },

    openings(): TestOpening[] {
      return database
        .prepare('SELECT run_id, opened_by, at FROM test_openings ORDER BY id')
        .all()
        .map((row) => openingSchema.parse(row))
        .map((row) => ({ run: row.run_id, openedBy: row.opened_by, at: row.at }));
    },

    /** One page of predictions with the decision at the stored operating point; empty before the set was evaluated. */
    predictions(request: z.infer<typeof predictionFilterSchema>): { total: number; items: PredictionRow[] } {
      const metrics = document(request.run, request.set);
      if (!metrics) return { total: 0, items: [] };
      const { threshold } = metrics.operatingPoint;
      const against = request.against ? document(request.against.run, request.set) : null;
      const { where, values } = predictionConditions(request, {
        own: threshold,
        against: against?.operatingPoint.threshold ?? null,
      });
      const from = `FROM predictions ${predictionJoins} WHERE ${where}`;
      const total = Number(database.prepare(`SELECT count(*) AS n ${from}`).get(values)?.n);
      const rows = database
        .prepare(
          `SELECT predictions.image_id, files.file_name, images.frame, patients.pseudonym, classes.name AS label, classes.positive, predictions.probability
           ${from} ORDER BY ${orders[request.sort]} ${request.descending ? 'DESC' : 'ASC'}, predictions.image_id LIMIT :limit OFFSET :offset`,
        )
        .all({ ...values, limit: request.limit, offset: request.offset })
        .map((row) => rowSchema.parse(row));
      const negativeClass = negativeName(database);
      return {
        total,
        items: rows.map((row) => toRow(row, request.set, threshold, metrics.positiveClass, negativeClass)),
      };
    },
  };
}

function toRow(
  row: z.infer<typeof rowSchema>,
  set: SetName,
  threshold: number,
  positive: string,
  negative: string,
): PredictionRow {
  const called = row.probability >= threshold;
  const outcome = row.positive === 1 ? (called ? 'tp' : 'fn') : called ? 'fp' : 'tn';
  return {
    imageId: row.image_id,
    fileName: row.file_name,
    patient: row.pseudonym,
    set,
    label: row.label,
    probability: row.probability,
    decision: called ? positive : negative,
    outcome,
  };
}

/** What "not positive" is called: the other class where there is one, else "not" the positive class. */
export function negativeName(database: DatabaseSync): string {
  const rows = database.prepare('SELECT name FROM classes WHERE positive = 0').all();
  return rows.length === 1 ? String(rows[0]!.name) : 'not positive';
}
