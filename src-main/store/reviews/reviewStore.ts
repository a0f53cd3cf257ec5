import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  answerSchema,
  reviewEntrySchema,
  reviewRoleSchema,
  verdictSchema,
  type Reader,
  type ReviewEntry,
  type ReviewExport,
  type ReviewRole,
} from '../../../src-shared/contract/review.ts';
import type { MetricsDocument } from '../../../src-shared/contract/metrics.ts';
import { imageName } from '../../../src-shared/domain/imageName.ts';
import type { ReviewState } from '../../evaluation/index.ts';
import { inTransaction } from '../database.ts';
import { negativeName } from '../evaluations.ts';
import { predictionJoins } from '../predictionMarks.ts';
import { createEntryWriter, entryColumns, entrySchema, type NewReview } from './entryWriter.ts';
import { reviewsOfImages } from './reviewRows.ts';

const historySchema = z.object({
  reader: z.string(),
  role: reviewRoleSchema,
  verdict: reviewEntrySchema.shape.verdict,
  answer: answerSchema.nullable(),
  className: z.string().nullable(),
  comment: z.string(),
  blinded: z.number(),
  seconds: z.number().nullable(),
  undo: z.number(),
  at: z.string(),
});

const predictionSchema = z.object({
  imageId: z.number(),
  patient: z.string(),
  pixelSha256: z.string(),
  label: z.string(),
  probability: z.number(),
});

const stateSchema = z.object({
  imageId: z.number(),
  reader: z.string(),
  role: reviewRoleSchema,
  verdict: verdictSchema,
  answer: answerSchema,
  blinded: z.number(),
  seconds: z.number().nullable(),
  called: z.number(),
});

/** Readers and their verdicts. Entries are only ever added; `review_states` repeats what is in force. */
export function createReviewStore(database: DatabaseSync) {
  const readers = (): Reader[] =>
    database
      .prepare('SELECT id, name, added_at AS addedAt FROM readers ORDER BY id')
      .all()
      .map((row) => ({ id: Number(row.id), name: String(row.name), addedAt: String(row.addedAt) }));

  /** Id of the reader of this name (letter case aside), made when missing. */
  const ensureReader = (name: string, at: string): number => {
    database.prepare('INSERT INTO readers (name, added_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING').run(name, at);
    return Number(database.prepare('SELECT id FROM readers WHERE name = ?').get(name)?.id);
  };

  const writer = createEntryWriter(database);

  return {
    readers,
    ensureReader,

    /** The seed of this reader's random order, drawn once, and when the predictions were first seen unblinded. */
    beginReading(wish: { run: string; set: string; reader: string; blinded: boolean; seed: number; at: string }) {
      return inTransaction(database, () => {
        const reader = ensureReader(wish.reader, wish.at);
        const key = { run: wish.run, set: wish.set, reader };
        database
          .prepare(
            `INSERT INTO reading_sessions (run_id, set_name, reader_id, blinded, seed, at)
             VALUES (:run, :set, :reader, :blinded, :seed, :at) ON CONFLICT DO NOTHING`,
          )
          .run({ ...key, blinded: wish.blinded ? 1 : 0, seed: wish.blinded ? wish.seed : null, at: wish.at });
        const find = database.prepare(
          `SELECT seed, at FROM reading_sessions
           WHERE run_id = :run AND set_name = :set AND reader_id = :reader AND blinded = :blinded`,
        );
        const blinded = find.get({ ...key, blinded: 1 });
        const open = find.get({ ...key, blinded: 0 });
        return {
          seed: wish.blinded ? Number(blinded?.seed) : null,
          seenAt: open === undefined ? null : String(open.at),
        };
      });
    },

    /** Writes one entry and what follows from it: the state in force, a new label, an exclusion. */
    add(review: NewReview): void {
      inTransaction(database, () => {
        const reader = ensureReader(review.reader, review.at);
        writer.add(review, reader);
      });
    },

    /**
     * Takes back this reader's last entry that still counts, by a new entry that restores what was before. Null when there is
     * nothing to take back. `labelKept`: the label was changed by somebody else since, and stays.
     */
    undo(of: { run: string; set: string; reader: string; role: ReviewRole; at: string }) {
      return inTransaction(database, () => {
        const reader = ensureReader(of.reader, of.at);
        const row = database
          .prepare(
            `SELECT ${entryColumns} FROM reviews
             WHERE run_id = ? AND set_name = ? AND reader_id = ? AND role = ? AND undoes IS NULL
               AND id NOT IN (SELECT undoes FROM reviews WHERE undoes IS NOT NULL) ORDER BY id DESC LIMIT 1`,
          )
          .get(of.run, of.set, reader, of.role);
        if (!row) return null;
        return writer.undo(entrySchema.parse(row), { ...of, readerId: reader });
      });
    },

    /** True when this reader has ever answered this prediction: from then on it is revealed, whatever was undone. */
    hasAnswered(run: string, imageId: number, reader: string): boolean {
      const row = database
        .prepare(
          `SELECT 1 FROM reviews JOIN readers ON readers.id = reviews.reader_id
           WHERE run_id = ? AND image_id = ? AND readers.name = ? AND verdict <> 'comment' LIMIT 1`,
        )
        .get(run, imageId, reader);
      return row !== undefined;
    },

    /** All entries for one prediction, oldest first; only of the readers named, or of all. */
    history(run: string, imageId: number, only: string | null): ReviewEntry[] {
      return database
        .prepare(
          `SELECT readers.name AS reader, role, verdict, answer, classes.name AS className, comment, blinded, seconds,
             undoes IS NOT NULL AS undo, reviews.at
           FROM reviews JOIN readers ON readers.id = reader_id LEFT JOIN classes ON classes.id = class_id
           WHERE run_id = :run AND image_id = :image AND (:only IS NULL OR readers.name = :only) ORDER BY reviews.id`,
        )
        .all({ run, image: imageId, only })
        .map((row) => historySchema.parse(row))
        .map((row) => ({ ...row, blinded: row.blinded === 1, undo: row.undo === 1 }));
    },

    /** Verdicts in force of one run and set, beside the model's call at `threshold`. */
    states(run: string, set: string, threshold: number): ReviewState[] {
      return database
        .prepare(
          `SELECT review_states.image_id AS imageId, readers.name AS reader, role, verdict, answer, blinded, seconds,
             predictions.probability >= :threshold AS called
           FROM review_states JOIN readers ON readers.id = review_states.reader_id
           JOIN predictions ON predictions.run_id = review_states.run_id AND predictions.image_id = review_states.image_id
           WHERE review_states.run_id = :run AND review_states.set_name = :set AND verdict IS NOT NULL
           ORDER BY readers.id, review_states.image_id`,
        )
        .all({ run, set, threshold })
        .map((row) => stateSchema.parse(row))
        .map(({ called, ...row }) => ({ ...row, blinded: row.blinded === 1, calledPositive: called === 1 }));
    },

    /** Verdicts in force of one run and set with the predictions they were given to, in the order of images. */
    exported(run: string, set: 'validation' | 'test', metrics: MetricsDocument): ReviewExport[] {
      const byImage = reviewsOfImages(database, run, null);
      const negative = negativeName(database);
      return database
        .prepare(
          `SELECT predictions.image_id AS imageId, patients.pseudonym AS patient, images.pixel_sha256 AS pixelSha256,
             classes.name AS label, predictions.probability
           FROM predictions ${predictionJoins} WHERE predictions.run_id = ? AND predictions.set_name = ? ORDER BY predictions.image_id`,
        )
        .all(run, set)
        .map((row) => predictionSchema.parse(row))
        .flatMap((prediction) =>
          (byImage.get(prediction.imageId) ?? []).flatMap((review) => {
            const { verdict } = review;
            if (verdict === null) return [];
            const decision =
              prediction.probability >= metrics.operatingPoint.threshold ? metrics.positiveClass : negative;
            const image = imageName(prediction.imageId);
            return [{ ...prediction, ...review, verdict, image, set, decision }];
          }),
        );
    },

    /** Images that later runs leave out. */
    excludedImages: (): Set<number> =>
      new Set(
        database
          .prepare('SELECT image_id FROM excluded_images')
          .all()
          .map((row) => Number(row.image_id)),
      ),

    /** For images whose label changed after `at`: the class they had then; images that had none then are left out. */
    labelsBefore(at: string): Map<number, string> {
      return new Map(
        database
          .prepare(
            `SELECT image_id AS id, (SELECT classes.name FROM label_history AS earlier JOIN classes ON classes.id = earlier.class_id
               WHERE earlier.image_id = later.image_id AND earlier.at <= :at ORDER BY earlier.id DESC LIMIT 1) AS label
             FROM label_history AS later WHERE at > :at GROUP BY image_id`,
          )
          .all({ at })
          .flatMap((row) => (row.label === null ? [] : [[Number(row.id), String(row.label)] as const])),
      );
    },

    /** Images of one run and set whose label is another one now, and those excluded from later runs. */
    marked(run: string, set: string): { relabelled: number; excluded: number } {
      const count = (sql: string) => Number(database.prepare(sql).get(run, set)?.n);
      const own = 'FROM predictions JOIN images ON images.id = predictions.image_id WHERE run_id = ? AND set_name = ?';
      return {
        relabelled: count(`SELECT count(*) AS n ${own} AND images.class_id IS NOT label_class_id`),
        excluded: count(`SELECT count(*) AS n ${own} AND images.id IN (SELECT image_id FROM excluded_images)`),
      };
    },

    /** Probability of one prediction; null when the run has none for this image in this set. */
    probability(run: string, set: string, imageId: number): number | null {
      const row = database
        .prepare('SELECT probability FROM predictions WHERE run_id = ? AND set_name = ? AND image_id = ?')
        .get(run, set, imageId);
      return row === undefined ? null : Number(row.probability);
    },
  };
}
