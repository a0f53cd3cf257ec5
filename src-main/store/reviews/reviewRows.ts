import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { answerSchema, reviewRoleSchema, verdictSchema, type Review } from '../../../src-shared/contract/review.ts';

const rowSchema = z.object({
  imageId: z.number(),
  reader: z.string(),
  role: reviewRoleSchema,
  verdict: verdictSchema.nullable(),
  answer: answerSchema.nullable(),
  className: z.string().nullable(),
  comment: z.string(),
  blinded: z.number(),
  seconds: z.number().nullable(),
  at: z.string(),
});

/** Reviews in force of these images by one run, in the order in which the readers came; all images when `images` is null. */
export function reviewsOfImages(
  database: DatabaseSync,
  run: string,
  images: readonly number[] | null,
): Map<number, Review[]> {
  const rows = database
    .prepare(
      `SELECT image_id AS imageId, readers.name AS reader, role, verdict, answer, classes.name AS className, comment, blinded, seconds, review_states.at
       FROM review_states JOIN readers ON readers.id = reader_id LEFT JOIN classes ON classes.id = class_id
       WHERE run_id = :run AND (:images IS NULL OR image_id IN (SELECT value FROM json_each(:images)))
       ORDER BY readers.id, review_id`,
    )
    .all({ run, images: images === null ? null : JSON.stringify(images) })
    .map((row) => rowSchema.parse(row));
  const byImage = new Map<number, Review[]>();
  for (const { imageId, blinded, ...review } of rows) {
    const reviews = byImage.get(imageId) ?? [];
    byImage.set(imageId, reviews);
    reviews.push({ ...review, blinded: blinded === 1 });
  }
  return byImage;
}
