/** Undo, and the history that only grows. */
import { describe, expect, it } from 'vitest';

import { addMadeRun } from '../helpers/madeRun.ts';

import { classId, labelOf, list, review, run, say, store, openAgain, makeAnew } from '../helpers/reviewCase.ts';

describe('undo', () => {
  const undo = (reader = 'A') => review.undoReview({ run, set: 'validation', reader, mode: 'open' });

  it('goes back step by step and restores what was before', () => {
    say(1, 'agree', { comment: 'clear' });
    say(1, 'disagree');
    say(2, 'unsure');
    expect(undo()?.row).toMatchObject({ imageId: 2, review: { verdict: null } });
    expect(undo()?.row).toMatchObject({ imageId: 1, review: { verdict: 'agree', comment: 'clear' } });
    expect(undo()?.row).toMatchObject({ imageId: 1, review: { verdict: null, comment: '' } });
    expect(undo()).toBeNull();
  });

  it('takes back labels and exclusions, by new entries', () => {
    say(6, 'relabel', { classId: classId('Pneumonia') });
    say(4, 'exclude');
    undo();
    undo();
    expect(labelOf(6)).toMatchObject({ className: 'Normal', origin: 'reader' });
    expect(store.catalogue.image(6).labels).toHaveLength(3);
    expect(store.reviews.excludedImages().size).toBe(0);
  });

  it('leaves a label that somebody else has changed since', () => {
    say(6, 'relabel', { classId: classId('Pneumonia') });
    store.classes.label([6], null, { origin: 'reader', author: 'B', at: '2026-03-03T00:00:00Z' });
    expect(undo()?.labelKept).toBe(true);
    expect(labelOf(6).className).toBeNull();
  });

  it('does not touch the other reader', () => {
    say(1, 'agree');
    expect(undo('B')).toBeNull();
    expect(list().items.find((row) => row.imageId === 1)!.review?.verdict).toBe('agree');
  });
});

describe('the history', () => {
  it('only grows, and survives the end of the program', () => {
    say(1, 'agree');
    say(1, 'disagree', { comment: 'second look' });
    expect(() => store.database.exec("UPDATE reviews SET verdict = 'agree'")).toThrow('append-only');
    expect(() => store.database.exec('DELETE FROM reviews')).toThrow('append-only');
    say(2, 'exclude');
    expect(() => store.database.exec('DELETE FROM exclusion_history')).toThrow('append-only');
    const agreement = review.agreement({ run, set: 'validation' });
    openAgain();
    expect(review.agreement({ run, set: 'validation' })).toEqual(agreement);
    const history = review.reviewHistory({ run, set: 'validation', reader: 'A', mode: 'open', imageId: 1 });
    expect(history.map((entry) => [entry.verdict, entry.comment])).toEqual([
      ['agree', ''],
      ['disagree', 'second look'],
    ]);
  });

  it('keeps a comment with later verdicts, and a comment alone answers nothing', () => {
    expect(say(1, null, { comment: 'look again' }).review).toMatchObject({ verdict: null, comment: 'look again' });
    expect(list({ show: 'answered' }).total).toBe(0);
    expect(say(1, 'agree').review).toMatchObject({ verdict: 'agree', comment: 'look again' });
  });

  it('does not give a deleted run’s number away while it has reviews', () => {
    say(1, 'agree');
    store.runs.remove(run);
    expect(addMadeRun(store, () => 0.5)).toBe('run-2');
  });
});

it('answers at once and lists at once with 10,000 predictions', () => {
  makeAnew(2500, 4, (imageId) => ((imageId * 7919) % 10_007) / 10_007);
  const median = (work: (round: number) => void) => {
    const times = Array.from({ length: 9 }, (_unused, round) => {
      const started = performance.now();
      work(round);
      return performance.now() - started;
    });
    return times.sort((a, b) => a - b)[4]!;
  };
  expect(list().total).toBe(10_000);
  expect(median((round) => list({ filter: { offset: round * 1000 } }))).toBeLessThan(400);
  expect(median((round) => list({ mode: 'blinded', filter: { offset: round * 1000 } }))).toBeLessThan(400);
  expect(median((round) => say(round + 1, 'agree'))).toBeLessThan(100);
  expect(median(() => review.agreement({ run, set: 'validation' }))).toBeLessThan(200);
});
