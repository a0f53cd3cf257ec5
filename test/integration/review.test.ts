import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOperations } from '../../src-main/app/checkOperations.ts';
import { evaluationImages } from '../../src-main/app/evaluationImages.ts';
import { findingsOperations } from '../../src-main/app/findingsOperations.ts';
import { reviewOperations } from '../../src-main/app/reviewOperations.ts';
import { buildReport } from '../../src-main/report/buildReport.ts';
import { createDecoder } from '../../src-main/library/index.ts';
import { openProjectStore, type ProjectStore } from '../../src-main/store/index.ts';
import { createReportSource } from '../../src-main/store/reportSource.ts';
import { noMarks } from '../../src-shared/contract/predictionMarks.ts';
import { worklistRequestSchema, type ReadingMode, type SaveReview } from '../../src-shared/contract/review.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { addMadeRun, madeImageStore, splitMadeImages } from '../helpers/madeRun.ts';

let folder: ReturnType<typeof temporaryFolder>;
let store: ProjectStore;
let review: ReturnType<typeof reviewOperations>;
let run: string;

/** Positive images 1, 3, 5, 7 and negative ones 2, 4, 6, 8, threshold 0.5: the model is wrong on 3 (missed) and 6 (overcalled). */
const probabilities: Record<number, number> = { 1: 0.95, 2: 0.1, 3: 0.2, 4: 0.4, 5: 0.7, 6: 0.9, 7: 0.55, 8: 0.05 };

beforeEach(() => {
  folder = temporaryFolder('review');
  store = madeImageStore(folder.path, 8, 1);
  run = addMadeRun(store, ({ imageId }) => probabilities[imageId]!);
  review = reviewOperations(store);
});
afterEach(() => {
  store.close();
  folder.remove();
});

const list = (wish: Partial<{ mode: ReadingMode; reader: string; order: string; show: string; filter: object }> = {}) =>
  review.worklist(
    worklistRequestSchema.parse({
      reader: 'A',
      ...wish,
      filter: { run, set: 'validation', ...noMarks, ...wish.filter },
    }),
  );
const idsOf = (page: { items: { imageId: number }[] }) => page.items.map((row) => row.imageId);
const say = (imageId: number, verdict: SaveReview['verdict'], more: Partial<SaveReview> = {}) =>
  review.saveReview({
    run,
    set: 'validation',
    imageId,
    reader: 'A',
    mode: 'open',
    verdict,
    classId: null,
    comment: null,
    seconds: null,
    ...more,
  });
const classId = (name: string) => store.classes.classes().find((one) => one.name === name)!.id;
const labelOf = (image: number) => store.catalogue.image(image).labels.at(-1)!;

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
    run = addMadeRun(store, ({ imageId }) => probabilities[imageId]!);
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
    store.close();
    store = openProjectStore(`${folder.path}/Made.parenchyma`);
    review = reviewOperations(store);
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
  store.close();
  folder.remove();
  folder = temporaryFolder('review-many');
  store = madeImageStore(folder.path, 2500, 4);
  run = addMadeRun(store, ({ imageId }) => ((imageId * 7919) % 10_007) / 10_007);
  review = reviewOperations(store);
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
