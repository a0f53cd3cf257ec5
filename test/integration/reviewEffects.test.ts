/** What reviews change, and what they must not: labels, exclusions, the locked test set, the report. */
import { beforeEach, describe, expect, it } from 'vitest';
import { checkOperations } from '../../src-main/app/checkOperations.ts';
import { evaluationImages } from '../../src-main/app/evaluationImages.ts';
import { findingsOperations } from '../../src-main/app/findingsOperations.ts';

import { buildReport } from '../../src-main/report/buildReport.ts';
import { createDecoder } from '../../src-main/library/index.ts';

import { createReportSource } from '../../src-main/store/reportSource.ts';

import { addMadeRun, splitMadeImages } from '../helpers/madeRun.ts';

import { classId, idsOf, judge, labelOf, list, probabilities, review, run, say, store } from '../helpers/reviewCase.ts';

describe('marks for the next run', () => {
  it('relabels as a reader, in the history of labels, and leaves what the run was judged by', () => {
    const before = store.evaluations.document(run, 'validation');
    const row = say(6, 'relabel', { classId: classId('Pneumonia') });
    expect(row).toMatchObject({
      label: 'Normal',
      relabelledTo: 'Pneumonia',
      outcome: 'fp',
      review: { answer: 'positive' },
    });
    expect(labelOf(6)).toMatchObject({ className: 'Pneumonia', origin: 'reader', author: 'A' });
    expect(store.evaluations.document(run, 'validation')).toEqual(before);
    expect(idsOf(list({ show: 'marked' }))).toEqual([6]);
  });

  it('excludes, and takes the image in again when the verdict changes', () => {
    expect(say(4, 'exclude', { comment: 'not a CT' }).excluded).toBe(true);
    expect([...store.reviews.excludedImages()]).toEqual([4]);
    say(4, 'agree');
    expect(store.reviews.excludedImages().size).toBe(0);
  });

  it('keeps an image out while another reader still excludes it', () => {
    say(4, 'exclude');
    say(4, 'exclude', { reader: 'B' });
    say(4, 'agree');
    expect([...store.reviews.excludedImages()]).toEqual([4]);
  });
});

describe('what a run is judged on', () => {
  const opened = '2026-03-05T08:00:00.000Z';
  const testOf = (id: string) =>
    Object.fromEntries(
      evaluationImages(store)
        .test(id)
        .map((image) => [image.imageId, image.className]),
    );
  /** On purpose and on record: the set is unlocked for it. */
  const relabel = (image: number, name: string) => {
    const by = { author: 'A', reason: 'wrong report', at: '2026-03-06T08:00:00.000Z' };
    store.testLock.set(false, by);
    store.classes.label([image], classId(name), { origin: 'reader', ...by });
    store.testLock.set(true, by);
  };
  const exclude = (image: number) =>
    store.database
      .prepare("INSERT INTO exclusion_history (image_id, excluded, author, reason, at) VALUES (?, 1, 'A', '', ?)")
      .run(image, opened);

  beforeEach(() => {
    splitMadeImages(store);
    judge(addMadeRun(store, ({ imageId }) => probabilities[imageId]!));
    store.evaluations.recordOpening({ run, openedBy: 'A', at: opened });
  });

  it('stays as its snapshot has it, whatever readers relabel or exclude, and the change is said', () => {
    const before = testOf(run);
    expect(Object.keys(before)).toEqual(['3', '4', '7', '8']);
    relabel(3, 'Normal');
    exclude(4);
    expect(testOf(run)).toEqual(before);
    expect(evaluationImages(store).notes(run, 'test')).toEqual([
      '1 test image has another label by now; the run is tested with the labels of its own snapshot.',
    ]);
    expect(evaluationImages(store).notes(run, 'validation')).toEqual([]);
  });

  it('leaves out what was excluded before the test set was opened, also for a run that knew it', () => {
    store.database
      .prepare("INSERT INTO exclusion_history (image_id, excluded, author, reason, at) VALUES (7, 1, 'A', 'a copy', ?)")
      .run('2026-03-04T08:00:00.000Z');
    expect(testOf(run)).toEqual({ 3: 'Pneumonia', 4: 'Normal', 8: 'Normal' });
    expect(evaluationImages(store).notes(run, 'test')).toEqual(['1 test image was excluded by readers and left out.']);
  });

  it('is changed for a later run, which says so', () => {
    relabel(3, 'Normal');
    exclude(4);
    const kept = store.splits.dataset;
    const later = addMadeRun(
      { ...store, splits: { ...store.splits, dataset: () => kept().filter((image) => image.imageId !== 4) } },
      () => 0.5,
    );
    expect(testOf(later)).toEqual({ 3: 'Normal', 7: 'Pneumonia', 8: 'Normal' });
    expect(evaluationImages(store).notes(later, 'test')).toEqual([
      '1 test image was excluded by readers and left out.',
      '1 label of this test set was changed after the set was first opened on 2026-03-05: these figures and earlier ones are not of the same reference standard.',
    ]);
  });

  it('says when images of the run’s own set are not there any more', () => {
    store.classes.label([1], null, { origin: 'reader', author: 'A', at: opened });
    expect(evaluationImages(store).notes(run, 'validation')).toEqual([
      '1 image of the run’s own validation set is not labelled any more or gone, and left out.',
    ]);
  });
});

describe('the locked test set', () => {
  const locked = expect.objectContaining({ code: 'TEST_SET_LOCKED' });
  const by = { author: 'A', reason: 'not a CT', at: '2026-03-06T08:00:00.000Z' };

  beforeEach(() => {
    splitMadeImages(store);
    store.evaluations.recordOpening({ run, openedBy: 'A', at: '2026-03-05T08:00:00.000Z' });
  });

  it('keeps its images, whoever asks: a verdict that would take one out is refused as a whole', () => {
    expect(() => say(4, 'exclude')).toThrow(locked);
    expect(review.reviewHistory({ run, set: 'validation', reader: 'A', mode: 'open', imageId: 4 })).toEqual([]);
    const findings = findingsOperations(store, { user: 'A' }, checkOperations(store, { decoder: createDecoder() }));
    expect(() => findings.excludeImages([3], true, by)).toThrow(locked);
    expect(() => findings.resolveFinding({ action: 'exclude', imageIds: [3], ...by })).toThrow(locked);
    expect(() => findings.resolveFinding({ action: 'move', imageIds: [3], set: null, ...by })).toThrow(locked);
    expect(() => findings.resolveFinding({ action: 'group', imageIds: [1, 3], set: 'test', ...by })).toThrow(locked);
    expect(() => store.classes.label([3], null, { origin: 'reader', ...by })).toThrow(locked);
    expect(store.splits.dataset().filter(({ set }) => set === 'test')).toHaveLength(4);
    // What is in no test set may go.
    expect(say(1, 'exclude').excluded).toBe(true);
  });

  it('keeps their labels too, until it is unlocked on purpose; then the next report says so', () => {
    const relabel = () => say(3, 'relabel', { classId: classId('Normal') });
    expect(relabel).toThrow(locked);
    expect(() => store.classes.label([3], classId('Normal'), { origin: 'folder', ...by })).toThrow(locked);
    expect(labelOf(3)).toMatchObject({ className: 'Pneumonia' });
    // A label that it has is no change.
    expect(store.classes.label([3], classId('Pneumonia'), { origin: 'folder', ...by })).toBe(0);
    store.transaction(() => store.testLock.set(false, by));
    relabel();
    expect(labelOf(3)).toMatchObject({ className: 'Normal', author: 'A' });
    expect(evaluationImages(store).notes(run, 'test').join()).toContain('1 test image has another label by now');
  });

  it('does not take back what was excluded before it was locked, until it is unlocked on purpose', () => {
    store.transaction(() => store.testLock.set(false, by));
    say(4, 'exclude');
    store.transaction(() => store.testLock.set(true, by));
    const place = { run, set: 'validation' as const, reader: 'A', mode: 'open' as const };
    expect(() => review.undoReview(place)).toThrow(locked);
    expect(() => say(4, 'agree')).toThrow(locked);
    store.transaction(() => store.testLock.set(false, by));
    expect(review.undoReview(place)!.row.excluded).toBe(false);
  });
});

describe('the report', () => {
  const reported = () =>
    buildReport(
      createReportSource(store, () => null, '0.0.0'),
      {
        runs: [run],
        author: '',
        createdAt: '2026-03-07T00:00:00Z',
      },
    ).runs[0]!;

  it('has each image’s review and the agreement of the readers, by number, and the same figures as before', () => {
    const before = reported();
    expect(before.predictions.every((row) => row.review === null && row.reviewNote === '')).toBe(true);
    say(1, 'agree');
    say(2, 'disagree');
    say(2, 'agree', { reader: 'B' });
    say(6, 'relabel', { classId: classId('Pneumonia') });
    say(4, 'exclude', { comment: 'Jane Doe' });
    const after = reported();
    const reviews = Object.fromEntries(after.predictions.map((row) => [row.id, [row.review, row.reviewNote]]));
    expect(reviews).toMatchObject({
      'image-000001': ['agree', ''],
      'image-000002': [null, 'readers differ'],
      'image-000004': [null, 'excluded'],
      'image-000006': ['agree', 'relabelled'],
      'image-000008': [null, ''],
    });
    const [reading] = after.readings;
    expect(reading!.agreement).toMatchObject({ disputed: 1, relabelled: 1, excluded: 1 });
    expect(reading!.agreement.readers.map((one) => one.reader)).toEqual(['Reader 1', 'Reader 2']);
    expect(store.exclusions.excluded()).toMatchObject([
      { imageId: 4, author: 'A', reason: 'Excluded by a reader in review.' },
    ]);
    expect(JSON.stringify(createReportSource(store, () => null, '0.0.0').data())).not.toContain('Jane Doe');
    expect(JSON.stringify(after)).not.toContain('Jane Doe');
    expect(after.validation).toEqual(before.validation);
    say(2, 'agree', { reader: 'C', mode: 'adjudicate' });
    expect(reported().predictions.find((row) => row.id === 'image-000002')).toMatchObject({
      review: 'agree',
      reviewNote: 'readers differ, decided',
    });
  });
});
