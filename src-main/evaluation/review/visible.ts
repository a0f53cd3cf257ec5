import type { Review, ReadingMode } from '../../../src-shared/contract/review.ts';

export interface ReviewsOfImage {
  own: Review | null;
  others: Review[];
  adjudication: Review | null;
}

/**
 * What one reader may see of the reviews of one image: always the own one in the role of the mode; the others' and the third
 * decision only after the own answer. Whoever adjudicates sees every reader's.
 */
export function visibleTo(reader: string, mode: ReadingMode, reviews: readonly Review[]): ReviewsOfImage {
  const same = (review: Review) => review.reader.toLowerCase() === reader.toLowerCase();
  const ofReaders = reviews.filter((review) => review.role === 'reader');
  const decisions = reviews.filter((review) => review.role === 'adjudicator');
  const latest = decisions.reduce<Review | null>(
    (last, review) => (review.verdict !== null && (last === null || review.at >= last.at) ? review : last),
    null,
  );
  if (mode === 'adjudicate') {
    return { own: decisions.find(same) ?? null, others: [...ofReaders], adjudication: latest };
  }
  const own = ofReaders.find(same) ?? null;
  const answered = own !== null && own.verdict !== null;
  return {
    own,
    others: answered ? ofReaders.filter((review) => !same(review) && review.verdict !== null) : [],
    adjudication: answered ? latest : null,
  };
}

/** Two of these answers differ. */
export function differ(reviews: readonly Review[]): boolean {
  return new Set(reviews.flatMap(({ answer }) => (answer === null ? [] : [answer]))).size > 1;
}
