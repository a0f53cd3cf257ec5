import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import {
  answerSchema,
  reviewEntrySchema,
  type Answer,
  type ReviewRole,
  type Verdict,
} from '../../../src-shared/contract/review.ts';
import { createExclusionStore } from '../exclusions.ts';
import { refuseForTestImages } from '../testLock.ts';

/** A new entry of the history; null verdict: the comment alone changes. */
export interface NewReview {
  run: string;
  set: 'validation' | 'test';
  imageId: number;
  reader: string;
  role: ReviewRole;
  verdict: Verdict | 'withdrawn' | null;
  answer: Answer | null;
  classId: number | null;
  comment: string | null;
  blinded: boolean;
  seconds: number | null;
  probability: number;
  threshold: number;
  at: string;
}

export const entrySchema = z.object({
  id: z.number(),
  image_id: z.number(),
  set_name: z.enum(['validation', 'test']),
  verdict: reviewEntrySchema.shape.verdict,
  answer: answerSchema.nullable(),
  class_id: z.number().nullable(),
  comment: z.string(),
  blinded: z.number(),
  seconds: z.number().nullable(),
  probability: z.number(),
  threshold: z.number(),
  label_before: z.number().nullable(),
});
type Entry = z.infer<typeof entrySchema>;

export const entryColumns =
  'id, image_id, set_name, verdict, answer, class_id, comment, blinded, seconds, probability, threshold, label_before';

/** Reasons of exclusions are printed in reports; what a reader wrote of a case is not. */
const exclusionReason = 'Excluded by a reader in review.';

/** The statements that write an entry with its consequences; call inside a transaction. */
export function createEntryWriter(database: DatabaseSync) {
  const current = (image: number) =>
    database.prepare('SELECT class_id FROM images WHERE id = ?').get(image)?.class_id as number | null;

  const insert = (entry: Record<string, SQLInputValue>): number =>
    Number(
      database
        .prepare(
          `INSERT INTO reviews (run_id, set_name, image_id, reader_id, role, verdict, answer, class_id, comment, blinded, seconds,
             probability, threshold, label_before, undoes, at)
           VALUES (:run, :set, :image, :reader, :role, :verdict, :answer, :class, :comment, :blinded, :seconds,
             :probability, :threshold, :labelBefore, :undoes, :at)`,
        )
        .run(entry).lastInsertRowid,
    );

  const label = (image: number, classId: number | null, author: string, at: string) => {
    refuseForTestImages(database, [image], 'The label of an image would change.');
    database.prepare('UPDATE images SET class_id = ? WHERE id = ?').run(classId, image);
    database
      .prepare("INSERT INTO label_history (image_id, class_id, origin, author, at) VALUES (?, ?, 'reader', ?, ?)")
      .run(image, classId, author, at);
  };

  const exclusions = createExclusionStore(database);
  /** Refused for images of a locked test set; the verdict is then refused with it. */
  const exclude = (image: number, excluded: boolean, author: string, reason: string, at: string) =>
    exclusions.set(image, excluded, { author, reason, at });

  const state = (key: { run: string; image: number; role: string; reader: number }) =>
    database
      .prepare(
        `SELECT verdict, answer, class_id, comment, blinded, seconds FROM review_states
         WHERE run_id = :run AND image_id = :image AND role = :role AND reader_id = :reader`,
      )
      .get(key);

  const setState = (values: Record<string, SQLInputValue>) =>
    database
      .prepare(
        `INSERT INTO review_states (run_id, image_id, role, reader_id, set_name, review_id, verdict, answer, class_id, comment, blinded, seconds, at)
         VALUES (:run, :image, :role, :reader, :set, :review, :verdict, :answer, :class, :comment, :blinded, :seconds, :at)
         ON CONFLICT DO UPDATE SET review_id = :review, verdict = :verdict, answer = :answer, class_id = :class, comment = :comment,
           blinded = :blinded, seconds = :seconds, at = :at`,
      )
      .run(values);

  /** True while another verdict in force, of any reader and run, leaves the image out. */
  const excludedByOthers = (key: { run: string; image: number; role: string; reader: number }) =>
    database
      .prepare(
        `SELECT 1 FROM review_states WHERE image_id = :image AND verdict = 'exclude'
         AND NOT (run_id = :run AND role = :role AND reader_id = :reader)`,
      )
      .get(key) !== undefined;

  return {
    add(review: NewReview, reader: number): void {
      const key = { run: review.run, image: review.imageId, role: review.role, reader };
      const before = state(key);
      const kept = review.verdict === null;
      const comment = review.comment ?? String(before?.comment ?? '');
      const relabels = review.verdict === 'relabel' && review.classId !== null;
      const labelBefore = relabels ? current(review.imageId) : null;
      const common = { ...key, set: review.set, comment, at: review.at };
      const own = {
        answer: kept ? null : review.answer,
        class: kept ? null : review.classId,
        blinded: review.blinded ? 1 : 0,
        seconds: kept ? null : review.seconds,
      };
      const id = insert({
        ...common,
        ...own,
        verdict: review.verdict ?? 'comment',
        probability: review.probability,
        threshold: review.threshold,
        labelBefore,
        undoes: null,
      });
      const inForce = review.verdict === 'withdrawn' ? null : review.verdict;
      setState({
        ...common,
        review: id,
        verdict: kept ? ((before?.verdict ?? null) as string | null) : inForce,
        answer: kept ? ((before?.answer ?? null) as string | null) : inForce === null ? null : review.answer,
        class: kept ? ((before?.class_id ?? null) as number | null) : review.classId,
        blinded: kept ? Number(before?.blinded ?? own.blinded) : own.blinded,
        seconds: kept ? ((before?.seconds ?? null) as number | null) : review.seconds,
      });
      if (relabels && labelBefore !== review.classId) label(review.imageId, review.classId, review.reader, review.at);
      if (review.verdict === 'exclude') {
        exclude(review.imageId, true, review.reader, exclusionReason, review.at);
      }
      if (before?.verdict === 'exclude' && !kept && review.verdict !== 'exclude' && !excludedByOthers(key)) {
        exclude(review.imageId, false, review.reader, 'the reader changed the verdict', review.at);
      }
    },

    undo(
      entry: Entry,
      of: { run: string; set: string; reader: string; readerId: number; role: ReviewRole; at: string },
    ) {
      const key = { run: of.run, image: entry.image_id, role: of.role, reader: of.readerId };
      const earlier = previousState(database, key, entry.id);
      const common = { ...key, set: entry.set_name, comment: earlier.comment, at: of.at };
      const restored = {
        answer: earlier.answer,
        class: earlier.classId,
        blinded: earlier.blinded,
        seconds: earlier.seconds,
      };
      const id = insert({
        ...common,
        ...restored,
        verdict: earlier.verdict ?? 'withdrawn',
        probability: entry.probability,
        threshold: entry.threshold,
        labelBefore: null,
        undoes: entry.id,
      });
      setState({ ...common, ...restored, review: id, verdict: earlier.verdict });
      let labelKept = false;
      if (entry.verdict === 'relabel' && entry.label_before !== entry.class_id) {
        labelKept = current(entry.image_id) !== entry.class_id;
        if (!labelKept) label(entry.image_id, entry.label_before, of.reader, of.at);
      }
      if (entry.verdict === 'exclude' && earlier.verdict !== 'exclude' && !excludedByOthers(key)) {
        exclude(entry.image_id, false, of.reader, 'taken back', of.at);
      }
      if (entry.verdict !== 'exclude' && earlier.verdict === 'exclude') {
        exclude(entry.image_id, true, of.reader, exclusionReason, of.at);
      }
      return { imageId: entry.image_id, labelKept };
    },
  };
}

interface EarlierState {
  verdict: string | null;
  answer: string | null;
  classId: number | null;
  comment: string;
  blinded: number;
  seconds: number | null;
}

/** What was in force before the entry `before`, read from the entries that were not taken back. */
function previousState(
  database: DatabaseSync,
  key: { run: string; image: number; role: string; reader: number },
  before: number,
): EarlierState {
  const entries = database
    .prepare(
      `SELECT ${entryColumns} FROM reviews
       WHERE run_id = :run AND image_id = :image AND role = :role AND reader_id = :reader AND id < :before AND undoes IS NULL
         AND id NOT IN (SELECT undoes FROM reviews WHERE undoes IS NOT NULL) ORDER BY id DESC`,
    )
    .all({ ...key, before })
    .map((row) => entrySchema.parse(row));
  const verdict = entries.find((entry) => entry.verdict !== 'comment');
  const inForce = verdict === undefined || verdict.verdict === 'withdrawn' ? null : verdict;
  return {
    verdict: inForce?.verdict ?? null,
    answer: inForce?.answer ?? null,
    classId: inForce?.class_id ?? null,
    comment: entries[0]?.comment ?? '',
    blinded: inForce?.blinded ?? 0,
    seconds: inForce?.seconds ?? null,
  };
}
