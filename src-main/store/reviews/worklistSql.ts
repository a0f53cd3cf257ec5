/** Orders and narrowings of the worklist over `predictions` with its joins; values: `:role`, `:reader`, `:threshold`. */
import type { WorklistRequest } from '../../../src-shared/contract/review.ts';

const ofPrediction = (alias: string) =>
  `${alias}.run_id = predictions.run_id AND ${alias}.image_id = predictions.image_id`;

/** This reader's own answer in the role of the mode. */
const ownAnswer = `(SELECT answer FROM review_states AS own JOIN readers ON readers.id = own.reader_id
  WHERE ${ofPrediction('own')} AND own.role = :role AND readers.name = :reader)`;
const readersDiffer = `(SELECT count(DISTINCT answer) FROM review_states AS every
  WHERE ${ofPrediction('every')} AND every.role = 'reader') > 1`;
const adjudicated = `EXISTS (SELECT 1 FROM review_states AS third
  WHERE ${ofPrediction('third')} AND third.role = 'adjudicator' AND third.answer IS NOT NULL)`;
const againstModel = `EXISTS (SELECT 1 FROM review_states AS every WHERE ${ofPrediction('every')} AND every.role = 'reader'
  AND every.answer = iif(predictions.probability >= :threshold, 'negative', 'positive'))`;
/** What others said is for those who have answered, and for the third decision. */
const maySee = `(:role = 'adjudicator' OR ${ownAnswer} IS NOT NULL)`;

const loss = 'abs(classes.positive - predictions.probability)';

/** `column` follows the direction asked for, `then` does not. */
export const orders: Readonly<Record<WorklistRequest['order'], { column: string; then?: string }>> = {
  loss: { column: loss },
  // Nearest to the operating point first when descending.
  uncertainty: { column: '-abs(predictions.probability - :threshold)' },
  disagreement: {
    column: `CASE WHEN NOT ${maySee} THEN 0 WHEN ${readersDiffer} THEN iif(${adjudicated}, 2, 3) WHEN ${againstModel} THEN 1 ELSE 0 END`,
    then: `${loss} DESC`,
  },
  class: { column: 'predictions.label_class_id', then: `${loss} DESC` },
  probability: { column: 'predictions.probability' },
  fileName: { column: 'files.file_name COLLATE NOCASE' },
  patient: { column: 'patients.pseudonym' },
};

export const shows: Readonly<Record<WorklistRequest['show'], string>> = {
  all: '1',
  unanswered: `${ownAnswer} IS NULL`,
  answered: `${ownAnswer} IS NOT NULL`,
  disputed: `${readersDiffer} AND ${maySee}`,
  marked: 'images.class_id IS NOT predictions.label_class_id OR images.id IN (SELECT image_id FROM excluded_images)',
};
