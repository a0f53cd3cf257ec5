import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProjectStore, type ProjectStore } from '../../src-main/store/index.ts';
import type { LabelRequest } from '../../src-shared/contract/labelling.ts';
import { emptyImageFilter, type ImageFilter } from '../../src-shared/contract/library.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { classIdIn, labellingOf, labelRequest, tableRequest } from '../helpers/labelling.ts';
import { madeImageStore, splitMadeImages } from '../helpers/madeRun.ts';

/** Labelling on a real database: 4 patients with 3 images each; odd patients (images 1–3, 7–9) are Pneumonia, even ones Normal. */
let folder: ReturnType<typeof temporaryFolder>;
let store: ProjectStore;
let labels: ReturnType<typeof labellingOf>;

beforeEach(() => {
  folder = temporaryFolder('labelling');
  store = madeImageStore(folder.path, 4, 3);
  labels = labellingOf(store);
});
afterEach(() => {
  store.close();
  folder.remove();
});

const classId = (name: string) => classIdIn(store, name);
const classOf = (image: number) => store.catalogue.image(image).classId;
const history = (image: number) => store.catalogue.image(image).labels;
const onImages = (imageIds: number[], name: string | null, more?: Partial<LabelRequest>) =>
  labelRequest(store, imageIds, name, more);
const read = (reader: string, image: number, name: string) =>
  labels.labelTarget(onImages([image], name, { role: 'reader', author: reader }));

describe('labels', () => {
  it('say what they would change before they change it', () => {
    const request = onImages([1, 2, 4, 5], 'Normal');
    expect(labels.previewLabels(request)).toEqual({
      images: 4,
      patients: 2,
      changes: 2,
      changedPatients: 1,
      from: [{ classId: classId('Pneumonia'), images: 2 }],
      locked: 0,
    });
    expect(classOf(1)).toBe(classId('Pneumonia'));
    expect(labels.labelTarget(request).changed).toBe(2);
    expect([1, 2, 3].map(classOf)).toEqual([classId('Normal'), classId('Normal'), classId('Pneumonia')]);
    expect(labels.previewLabels(request).changes).toBe(0);
    expect(labels.labelTarget(request)).toEqual({ changed: 0, act: null });
  });

  it('of a whole filter and of a folder', () => {
    const filter: ImageFilter = { ...emptyImageFilter, classId: classId('Normal') };
    const outcome = labels.labelTarget({ ...onImages([1], null), target: { kind: 'filter', filter } });
    expect(outcome.changed).toBe(6);
    expect(outcome.act!.words).toBe('6 images: no label');
    const all = labels.labelTarget({ ...onImages([1], 'Normal'), target: { kind: 'folder', sourceId: 1, folder: '' } });
    expect(all.changed).toBe(12);
    expect(history(1).at(-1)).toMatchObject({ origin: 'folder', author: 'Dr. A', className: 'Normal' });
  });

  it('are taken back and brought back in order, also after the project was closed and opened again', () => {
    labels.labelTarget(onImages([1], 'Normal'));
    labels.labelTarget(onImages([2, 3], 'Normal'));
    labels.labelTarget(onImages([4], null, { author: 'Dr. B' }));
    store.close();
    store = openProjectStore(`${folder.path}/Made.parenchyma`);
    labels = labellingOf(store);
    expect(labels.labelStack('Dr. A').undo!.words).toBe('2 images: Normal');
    expect(labels.undoLabels('Dr. A')).toMatchObject({ changed: 2, kept: 0, imageId: 2 });
    expect(labels.undoLabels('Dr. A')).toMatchObject({ changed: 1, imageId: 1 });
    expect(labels.undoLabels('Dr. A')).toMatchObject({ changed: 0, act: null });
    expect([1, 2, 3].map(classOf)).toEqual([1, 1, 1]);
    expect(classOf(4)).toBeNull();
    expect(labels.redoLabels('Dr. A')).toMatchObject({ changed: 1, imageId: 1 });
    expect(labels.redoLabels('Dr. A')).toMatchObject({ changed: 2, imageId: 2 });
    expect(labels.redoLabels('Dr. A')).toMatchObject({ changed: 0, act: null });
    expect(history(1).map(({ className, act }) => [className, act])).toEqual([
      ['Pneumonia', null],
      ['Normal', null],
      ['Pneumonia', 'undo'],
      ['Normal', 'redo'],
    ]);
    expect(labels.undoLabels('Dr. A').act!.words).toBe('2 images: Normal');
  });

  it('something new after an undo empties what could be brought back', () => {
    labels.labelTarget(onImages([1], 'Normal'));
    labels.undoLabels('Dr. A');
    labels.labelTarget(onImages([2], 'Normal'));
    expect(labels.labelStack('Dr. A').redo).toBeNull();
    expect(labels.redoLabels('Dr. A').act).toBeNull();
  });

  it('that somebody else has changed since are not taken back', () => {
    labels.labelTarget(onImages([1, 2], 'Normal'));
    labels.labelTarget(onImages([2], null, { author: 'Dr. B' }));
    expect(labels.undoLabels('Dr. A')).toMatchObject({ changed: 1, kept: 1 });
    expect(classOf(1)).toBe(classId('Pneumonia'));
    expect(classOf(2)).toBeNull();
  });

  it('history cannot be rewritten', () => {
    labels.labelTarget(onImages([1], 'Normal'));
    for (const table of ['label_acts', 'label_act_images', 'label_history']) {
      expect(() => store.database.exec(`DELETE FROM ${table}`)).toThrow(/append-only/);
    }
  });

  it('the next image without a label is found in the order of the list, round once, without excluded ones', () => {
    const query = { filter: emptyImageFilter, sort: 'patient' as const, descending: false };
    labels.labelTarget(onImages([2, 6, 9], null));
    const next = (after: number | null) => labels.nextUnlabelled({ ...query, after, reader: null });
    expect([next(null), next(2), next(7), next(9)]).toEqual([2, 6, 9, 2]);
    labels.excludeByHand({ imageIds: [6], excluded: true, reason: 'motion', author: 'Dr. A' });
    expect(next(2)).toBe(9);
    expect(labels.nextUnlabelled({ ...query, after: 9, reader: 'Dr. A' })).toBe(10);
    labels.labelTarget(onImages([2, 9], 'Normal'));
    expect(next(1)).toBeNull();
    expect(labels.nextUnlabelled({ ...query, descending: true, after: 10, reader: 'Dr. A' })).toBe(9);
  });

  it('exclusion has a reason and is part of the same undo', () => {
    labels.excludeByHand({ imageIds: [1, 2], excluded: true, reason: 'motion artefact', author: 'Dr. A' });
    expect(store.exclusions.excluded()[0]).toMatchObject({ imageId: 1, reason: 'motion artefact', author: 'Dr. A' });
    labels.undoLabels('Dr. A');
    expect(store.exclusions.excluded()).toEqual([]);
  });

  it('rules choose images: all, whole series, every n-th', () => {
    const query = { filter: emptyImageFilter, sort: 'name' as const, descending: false };
    expect(labels.chooseImages({ query, rule: { kind: 'all' } })).toHaveLength(12);
    expect(labels.chooseImages({ query, rule: { kind: 'series', imageIds: [5, 10] } })).toEqual([4, 5, 6, 10, 11, 12]);
    const nth = labels.chooseImages({ query: { ...query, sort: 'patient' }, rule: { kind: 'nth', n: 2 } });
    expect(nth).toHaveLength(8);
  });
});

describe('the locked test set', () => {
  beforeEach(() => {
    splitMadeImages(store);
    store.testLock.set(true, { author: 'Dr. A', reason: 'final', at: '2026-03-02T10:00:00.000Z' });
  });

  it('keeps its labels; a reader may still read it', () => {
    const [test] = store.splits.dataset().filter(({ set }) => set === 'test');
    const image = test!.imageId;
    const other = test!.className === 'Normal' ? 'Pneumonia' : 'Normal';
    expect(labels.previewLabels(onImages([image], other)).locked).toBe(1);
    expect(() => labels.labelTarget(onImages([image], other))).toThrow(/test set is locked/);
    expect(() => labels.labelTarget(onImages([image], test!.className))).not.toThrow();
    expect(() => labels.excludeByHand({ imageIds: [image], excluded: true, reason: 'x', author: 'Dr. A' })).toThrow(
      /test set is locked/,
    );
    expect(labels.labelTarget(onImages([image], other, { role: 'reader' })).changed).toBe(1);
    const preview = labels.previewLabelTable(tableRequest(`file,label\n${image}.png,${other}\n`));
    expect(preview).toMatchObject({ changes: 0, refusals: [{ line: 2, reason: expect.stringContaining('locked') }] });
  });

  it('is not changed by an undo of what was done before it was locked', () => {
    store.testLock.set(false, { author: 'Dr. A', reason: 'mistake', at: '2026-03-02T11:00:00.000Z' });
    const [test] = store.splits.dataset().filter(({ set }) => set === 'test');
    labels.labelTarget(onImages([test!.imageId], null));
    store.testLock.set(true, { author: 'Dr. A', reason: 'final', at: '2026-03-02T12:00:00.000Z' });
    expect(() => labels.undoLabels('Dr. A')).toThrow(/test set is locked/);
    expect(classOf(test!.imageId)).toBeNull();
  });
});

describe('two readers', () => {
  it('have labels of their own, apart from the reference', () => {
    read('Dr. A', 1, 'Normal');
    expect(classOf(1)).toBe(classId('Pneumonia'));
    expect(history(1)).toHaveLength(1);
    const row = (reader?: string) =>
      store.catalogue.images({ filter: {}, sort: 'added', descending: false, reader, offset: 0, limit: 1 }).items[0]!;
    expect(row('dr. a')).toMatchObject({ reading: classId('Normal'), reviewed: true, classId: classId('Pneumonia') });
    expect(row('Dr. B').reading).toBeNull();
    expect(store.catalogue.imageIds({ filter: { unreadBy: 'Dr. A' }, sort: 'added', descending: false })[0]).toBe(2);
    expect(store.catalogue.imageIds({ filter: { reviewed: true }, sort: 'added', descending: false })).toEqual([1]);
  });

  it("agree as in Cohen's example: 20, 5, 10, 15 of 50 gives 0.4", () => {
    store.close();
    folder.remove();
    folder = temporaryFolder('labelling');
    store = madeImageStore(folder.path, 25, 2);
    labels = labellingOf(store);
    const said = [
      ...Array.from({ length: 20 }, () => ['Pneumonia', 'Pneumonia']),
      ...Array.from({ length: 5 }, () => ['Pneumonia', 'Normal']),
      ...Array.from({ length: 10 }, () => ['Normal', 'Pneumonia']),
      ...Array.from({ length: 15 }, () => ['Normal', 'Normal']),
    ];
    said.forEach(([first, second], place) => {
      read('Dr. A', place + 1, first!);
      read('Dr. B', place + 1, second!);
    });
    const agreement = labels.labelAgreement();
    expect(agreement.pairs).toHaveLength(1);
    const { kappa } = agreement.pairs[0]!;
    expect(kappa.n).toBe(50);
    expect(kappa.value).toBeCloseTo(0.4, 12);
    expect(kappa.low!).toBeLessThan(0.4);
    expect(kappa.high!).toBeGreaterThan(0.4);
    expect(agreement.disagreements).toBe(15);
    expect(agreement.readers.map(({ images }) => images)).toEqual([50, 50]);
  });

  it('a third person decides where they differ, on record, and can take it back', () => {
    read('Dr. A', 1, 'Normal');
    read('Dr. B', 1, 'Pneumonia');
    read('Dr. A', 2, 'Normal');
    read('Dr. B', 2, 'Normal');
    const open = () => labels.disagreements('open', { offset: 0, limit: 10 });
    expect(open().items.map(({ imageId }) => imageId)).toEqual([1]);
    expect(open().items[0]!.readings.map(({ reader }) => reader)).toEqual(['Dr. A', 'Dr. B']);
    expect(() => labels.adjudicate({ imageId: 2, classId: classId('Normal'), author: 'Dr. C' })).toThrow(
      /do not differ/,
    );
    labels.adjudicate({ imageId: 1, classId: classId('Normal'), author: 'Dr. C' });
    expect(open().total).toBe(0);
    expect(labels.disagreements('all', { offset: 0, limit: 10 }).items[0]!.decision).toMatchObject({ author: 'Dr. C' });
    expect(history(1).at(-1)).toMatchObject({ className: 'Normal', author: 'Dr. C', act: 'adjudicate' });
    expect(labels.labelAgreement()).toMatchObject({ disagreements: 1, decided: 1, agreedOtherwise: 1 });
    expect(labels.undoLabels('Dr. C').changed).toBe(1);
    expect(open().total).toBe(1);
    expect(classOf(1)).toBe(classId('Pneumonia'));
    expect(labels.takeAgreed('Dr. C').changed).toBe(1);
    expect(classOf(2)).toBe(classId('Normal'));
    expect(classOf(1)).toBe(classId('Pneumonia'));
  });
});
