import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { PairedPrediction } from '../../src-shared/contract/evaluation.ts';
import type { PredictionMarks } from '../../src-shared/contract/predictionMarks.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { predictionConditions, predictionJoins } from './predictionMarks.ts';
import { subgroupAttributes, subgroupLevels } from './subgroups.ts';

/** Predictions of one run and set as columns, in the order of image ids. */
export interface StoredTable {
  imageIds: number[];
  /** 1 where the class of the reference is the positive one. */
  labels: Uint8Array;
  probabilities: Float64Array;
  /** Pseudonyms. */
  patients: string[];
}

const pairSchema = z.object({
  imageId: z.number(),
  fileName: z.string(),
  patient: z.string(),
  label: z.string(),
  first: z.number(),
  second: z.number(),
});

/** Whole tables for the computation of figures, and predictions of two runs beside each other. */
export function createPredictionTables(database: DatabaseSync) {
  return {
    table(run: string, set: SetName, positiveClass: string): StoredTable {
      const rows = database
        .prepare(
          `SELECT predictions.image_id AS imageId, classes.name = ? AS positive, predictions.probability, patients.pseudonym
           FROM predictions ${predictionJoins} WHERE predictions.run_id = ? AND predictions.set_name = ? ORDER BY predictions.image_id`,
        )
        .all(positiveClass, run, set);
      return {
        imageIds: rows.map((row) => Number(row.imageId)),
        labels: Uint8Array.from(rows, (row) => Number(row.positive)),
        probabilities: Float64Array.from(rows, (row) => Number(row.probability)),
        patients: rows.map((row) => String(row.pseudonym)),
      };
    },

    /** Level of each image of `table` by attribute, where the file says it. */
    levels(run: string, set: SetName): Record<string, string>[] {
      const columns = subgroupAttributes.map((attribute, place) => `${subgroupLevels[attribute]} AS level${place}`);
      return database
        .prepare(
          `SELECT ${columns.join(', ')} FROM predictions ${predictionJoins}
           WHERE predictions.run_id = ? AND predictions.set_name = ? ORDER BY predictions.image_id`,
        )
        .all(run, set)
        .map((row) =>
          Object.fromEntries(
            subgroupAttributes.flatMap((attribute, place) => {
              const level = row[`level${place}`];
              return typeof level === 'string' ? [[attribute, level]] : [];
            }),
          ),
        );
    },

    /** One page of the images that two runs have both predicted, those first on which they differ most. */
    pairs(
      request: PredictionMarks & { run: string; set: string; other: string; offset: number; limit: number },
      thresholds: { own: number; against: number },
    ): { total: number; items: PairedPrediction[] } {
      const { where, values } = predictionConditions(request, thresholds);
      const from = `FROM predictions ${predictionJoins} JOIN predictions AS second ON second.run_id = :other
        AND second.image_id = predictions.image_id AND second.set_name = predictions.set_name WHERE ${where}`;
      const named = { ...values, other: request.other };
      const total = Number(database.prepare(`SELECT count(*) AS n ${from}`).get(named)?.n);
      const items = database
        .prepare(
          `SELECT predictions.image_id AS imageId, files.file_name AS fileName, patients.pseudonym AS patient, classes.name AS label,
             predictions.probability AS first, second.probability AS second ${from}
           ORDER BY abs(predictions.probability - second.probability) DESC, predictions.image_id LIMIT :limit OFFSET :offset`,
        )
        .all({ ...named, limit: request.limit, offset: request.offset })
        .map((row) => pairSchema.parse(row));
      return { total, items };
    },
  };
}
