/** Verdicts and orders in the reader's words. */
import type {
  ReadingMode,
  Review,
  ReviewEntry,
  Verdict,
  WorklistOrder,
  WorklistShow,
} from '../../../../src-shared/contract/review.ts';

export const verdictWords: Record<ReviewEntry['verdict'], string> = {
  agree: 'agrees',
  disagree: 'disagrees',
  unsure: 'unsure',
  relabel: 'relabelled',
  exclude: 'excluded',
  withdrawn: 'taken back',
  comment: 'comment',
};

/** Beside the word, so that a verdict is never told by colour alone. */
export const verdictSigns: Record<Verdict, string> = {
  agree: '✓',
  disagree: '✗',
  unsure: '?',
  relabel: '↷',
  exclude: '∅',
};

export const modeOptions: readonly { value: ReadingMode; words: string; hint: string }[] = [
  { value: 'open', words: 'Open', hint: 'The prediction is in sight' },
  { value: 'blinded', words: 'Blinded', hint: 'Label and prediction are hidden until you have answered; random order' },
  { value: 'adjudicate', words: 'Adjudicate', hint: 'A third decision on the cases on which readers differ' },
];

export const orderWords: Record<WorklistOrder, string> = {
  loss: 'Largest error first',
  uncertainty: 'Nearest to the threshold first',
  disagreement: 'Disagreement first',
  class: 'By class',
  probability: 'By probability',
  fileName: 'By file name',
  patient: 'By patient',
};

/** Orders that begin with the greatest value. */
export const descendingOrders: ReadonlySet<WorklistOrder> = new Set([
  'loss',
  'uncertainty',
  'disagreement',
  'probability',
]);

export const showWords: Record<WorklistShow, string> = {
  all: 'All',
  unanswered: 'Not answered',
  answered: 'Answered',
  disputed: 'Readers differ',
  marked: 'Relabelled or excluded',
};

/** "✓ agrees", "↷ relabelled: Normal"; blinded answers name the class. */
export function reviewWords(review: Review): string {
  if (review.verdict === null) return 'comment only';
  const words = `${verdictSigns[review.verdict]} ${verdictWords[review.verdict]}`;
  return review.className === null ? words : `${words}: ${review.className}`;
}
