/** Worklist, blinded reading and two readers. */
import { describe, expect, it } from 'vitest';

import { type ReadingMode } from '../../src-shared/contract/review.ts';

import { classId, idsOf, list, review, run, say } from '../helpers/reviewCase.ts';

describe('the worklist', () => {
  it('orders by loss, by uncertainty at the operating point, and by class', () => {
    expect(idsOf(list({ order: 'loss' }))).toEqual([6, 3, 7, 4, 5, 2, 1, 8]);
    expect(idsOf(list({ order: 'uncertainty' })).slice(0, 3)).toEqual([7, 4, 5]);
    const byClass = list({ order: 'class' });
    expect(byClass.items.map((row) => row.label)).toEqual([...Array(4).fill('Normal'), ...Array(4).fill('Pneumonia')]);
    expect(idsOf(byClass).slice(0, 2)).toEqual([6, 4]);
  });

  it('narrows as the marks of the results screens ask', () => {
    expect(idsOf(list({ filter: { outcome: 'fn' } }))).toEqual([3]);
    expect(idsOf(list({ filter: { probability: { from: 0.3, to: 0.6 } } }))).toEqual([7, 4]);
  });

  it('shows the unanswered, the answered, and those on which readers differ', () => {
    say(1, 'agree');
    say(1, 'disagree', { reader: 'B' });
    say(2, 'agree', { reader: 'B' });
    expect(list({ show: 'unanswered' }).total).toBe(7);
    expect(idsOf(list({ show: 'answered' }))).toEqual([1]);
    expect(idsOf(list({ show: 'disputed' }))).toEqual([1]);
    expect(idsOf(list({ order: 'disagreement' }))[0]).toBe(1);
  });

  it('does not let the order by disagreement tell of answers to a reader who has not answered', () => {
    say(8, 'disagree', { reader: 'B' });
    say(8, 'agree', { reader: 'C' });
    expect(idsOf(list({ order: 'disagreement' }))).toEqual(idsOf(list({ order: 'loss' })));
  });
});

describe('blinded reading', () => {
  it('hides prediction, label, file name and outcome until the reader has answered, and then shows them', () => {
    const { items } = list({ mode: 'blinded' });
    for (const row of items) {
      expect(row).toMatchObject({
        revealed: false,
        probability: null,
        decision: null,
        classes: null,
        outcome: null,
        label: null,
      });
      expect(row).toMatchObject({ fileName: null, relabelledTo: null, excluded: false });
    }
    const row = say(3, 'agree', { mode: 'blinded', classId: classId('Pneumonia'), seconds: 4.2 });
    expect(row).toMatchObject({
      revealed: true,
      label: 'Pneumonia',
      probability: 0.2,
      outcome: 'fn',
      review: { verdict: 'disagree', answer: 'positive', className: 'Pneumonia', blinded: true, seconds: 4.2 },
    });
    expect(list({ mode: 'blinded' }).items.filter((one) => one.revealed)).toHaveLength(1);
  });

  it('keeps one random order per reader, which no filter of the predictions changes', () => {
    const order = idsOf(list({ mode: 'blinded' }));
    expect(new Set(order).size).toBe(8);
    expect(idsOf(list({ mode: 'blinded', order: 'loss', filter: { outcome: 'fn' } }))).toEqual(order);
    say(order[0]!, 'unsure', { mode: 'blinded' });
    expect(idsOf(list({ mode: 'blinded', show: 'unanswered' }))).toEqual(order.slice(1));
    const seeds = ['A', 'B', 'C'].map(
      (reader) => review.beginReading({ run, set: 'validation', reader, mode: 'blinded' }).seed,
    );
    expect(new Set(seeds).size).toBe(3);
  });

  it('says when the reader has seen the predictions before', () => {
    const begin = (mode: ReadingMode) => review.beginReading({ run, set: 'validation', reader: 'A', mode });
    expect(begin('blinded').seenAt).toBeNull();
    begin('open');
    expect(begin('blinded').seenAt).toEqual(expect.any(String));
  });

  it('counts as unblinded what is answered anew after the prediction was shown', () => {
    const wish = { mode: 'blinded', classId: classId('Normal') } as const;
    expect(say(5, 'agree', wish).review?.blinded).toBe(true);
    review.undoReview({ run, set: 'validation', reader: 'A', mode: 'blinded' });
    expect(say(5, 'agree', wish).review?.blinded).toBe(false);
  });

  it('refuses an answer that would need the prediction', () => {
    expect(() => say(1, 'agree', { mode: 'blinded' })).toThrow('the answer is a class');
  });
});

describe('two readers and a third decision', () => {
  it('hides the other’s verdict until the own answer', () => {
    say(1, 'disagree', { reader: 'B', comment: 'motion artefact' });
    const before = list().items.find((row) => row.imageId === 1)!;
    expect(before).toMatchObject({ others: [], disputed: false });
    expect(review.reviewHistory({ run, set: 'validation', reader: 'A', mode: 'open', imageId: 1 })).toEqual([]);
    expect(say(1, 'agree')).toMatchObject({ disputed: true, others: [{ reader: 'B', comment: 'motion artefact' }] });
  });

  it('lists what they differ on for adjudication, and the decision counts', () => {
    for (const image of [1, 2, 3]) say(image, 'agree');
    say(1, 'agree', { reader: 'B' });
    say(2, 'disagree', { reader: 'B' });
    say(3, 'unsure', { reader: 'B' });
    const open = list({ mode: 'adjudicate', reader: 'C' });
    expect(idsOf(open)).toEqual([3, 2]);
    expect(open.items[0]!.others.map((one) => one.verdict)).toEqual(['agree', 'unsure']);
    const decided = say(2, 'agree', { reader: 'C', mode: 'adjudicate' });
    expect(decided.adjudication).toMatchObject({ reader: 'C', role: 'adjudicator', answer: 'negative' });
    expect(idsOf(list({ mode: 'adjudicate', reader: 'C', show: 'unanswered' }))).toEqual([3]);
    expect(review.agreement({ run, set: 'validation' })).toMatchObject({ disputed: 2, adjudicated: 1 });
  });

  it('knows readers by their names, letter case aside', () => {
    review.addReader('Dr. Lee');
    say(1, 'agree', { reader: 'dr. lee' });
    expect(review.readers().map((one) => one.name)).toEqual(['Dr. Lee']);
    expect(list({ reader: 'DR. LEE' }).items.find((row) => row.imageId === 1)!.review?.verdict).toBe('agree');
  });
});
