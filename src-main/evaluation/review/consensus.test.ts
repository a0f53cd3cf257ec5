import { expect, it } from 'vitest';
import type { Review } from '../../../src-shared/contract/review.ts';
import { consensusOf } from './consensus.ts';

const review = (answer: Review['answer'], more: Partial<Review> = {}): Review => ({
  reader: 'A',
  role: 'reader',
  verdict: 'agree',
  answer,
  className: null,
  comment: '',
  blinded: false,
  seconds: null,
  at: '2026-01-01T00:00:00Z',
  ...more,
});

it('is what all readers say, and nothing where they differ', () => {
  expect(consensusOf([])).toEqual({ answer: null, note: '' });
  expect(consensusOf([review('positive'), review('positive')])).toEqual({ answer: 'positive', note: '' });
  expect(consensusOf([review('positive'), review('unsure')])).toEqual({ answer: null, note: 'readers differ' });
});

it('is the last third decision where there is one', () => {
  const third = (answer: Review['answer'], at: string) => review(answer, { role: 'adjudicator', at });
  const reviews = [
    review('positive'),
    review('negative', { verdict: 'relabel' }),
    third('positive', '2026-01-02T00:00:00Z'),
    third('negative', '2026-01-03T00:00:00Z'),
  ];
  expect(consensusOf(reviews)).toEqual({ answer: 'negative', note: 'readers differ, decided, relabelled' });
});

it('says that an image was excluded', () => {
  expect(consensusOf([review('excluded', { verdict: 'exclude' })])).toEqual({ answer: 'excluded', note: 'excluded' });
});
