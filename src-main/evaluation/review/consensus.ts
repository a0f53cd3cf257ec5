import type { Answer, Review } from '../../../src-shared/contract/review.ts';

export interface Consensus {
  /** The third decision, else what all readers say; null where they differ or nobody has answered. */
  answer: Answer | null;
  /** What a column of answers cannot hold, in words; empty where there is nothing more to say. */
  note: string;
}

/** What the readers of one image say together. */
export function consensusOf(reviews: readonly Review[]): Consensus {
  const answered = (role: Review['role']) =>
    reviews.flatMap((review) => (review.role === role && review.answer !== null ? [review] : []));
  const readers = answered('reader');
  const decided = answered('adjudicator').reduce<Review | null>(
    (last, review) => (last === null || review.at >= last.at ? review : last),
    null,
  );
  const answers = new Set(readers.map((review) => review.answer));
  const answer = decided?.answer ?? (answers.size === 1 ? readers[0]!.answer : null);
  const notes = [
    answers.size > 1 ? (decided === null ? 'readers differ' : 'readers differ, decided') : '',
    [...readers, ...(decided ? [decided] : [])].some((review) => review.verdict === 'relabel') ? 'relabelled' : '',
    answer === 'excluded' ? 'excluded' : '',
  ];
  return { answer, note: notes.filter(Boolean).join(', ') };
}
