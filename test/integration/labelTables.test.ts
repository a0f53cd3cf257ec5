import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectStore } from '../../src-main/store/index.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { classIdIn, labellingOf, labelRequest, tableRequest } from '../helpers/labelling.ts';
import { madeImageStore } from '../helpers/madeRun.ts';

/** Tables of labels, patients and classes of 4 patients with 3 images each; images 1–3 and 7–9 are Pneumonia, the others Normal. */
let folder: ReturnType<typeof temporaryFolder>;
let store: ProjectStore;
let labels: ReturnType<typeof labellingOf>;

beforeEach(() => {
  folder = temporaryFolder('labelTables');
  store = madeImageStore(folder.path, 4, 3);
  labels = labellingOf(store);
});
afterEach(() => {
  store.close();
  folder.remove();
});

const classOf = (image: number) => store.catalogue.image(image).classId;
const pneumonia = () => classIdIn(store, 'Pneumonia');

describe('tables of labels', () => {
  it('come out and go in again without a change; names of files only when asked for', () => {
    labels.labelTarget(labelRequest(store, [1], 'Normal', { role: 'reader' }));
    const text = labels.labelTable({ files: false });
    expect(text.split('\r\n')[0]).toBe('sha256,frame,patient,set,label,label_by,excluded,decided_by,reader: Dr. A');
    expect(text).not.toContain('.png');
    expect(labels.labelTable({ files: true })).toContain('12.png');
    expect(labels.previewLabelTable(tableRequest(text))).toMatchObject({
      lines: 12,
      changes: 0,
      unchanged: 12,
      refused: 0,
    });
  });

  it('say what they would change, and refuse line by line in words', () => {
    const text = [
      'File;Label',
      '1.png;Normal',
      '4.png;Normal',
      '5.png;Tumour',
      '99.png;Normal',
      ';Normal',
      '1.png;Pneumonia',
      '6.png;',
    ].join('\n');
    const preview = labels.previewLabelTable(tableRequest(text));
    expect(preview).toMatchObject({ lines: 7, changes: 2, unchanged: 1, patients: 2, newClasses: [], refused: 4 });
    expect(preview.to).toEqual([
      { className: 'Normal', images: 1 },
      { className: null, images: 1 },
    ]);
    expect(preview.refusals).toEqual([
      { line: 4, reason: 'There is no class "Tumour" in this project.' },
      { line: 5, reason: 'There is no image called "99.png" in this project.' },
      { line: 6, reason: 'The line names no image.' },
      { line: 7, reason: 'Line 2 says "Normal" of the same image, this one "Pneumonia"; line 2 stands.' },
    ]);
    expect(classOf(1)).toBe(pneumonia());
    const withNew = tableRequest(text, { newClasses: true });
    expect(labels.previewLabelTable(withNew)).toMatchObject({ changes: 3, newClasses: ['Tumour'] });
    expect(labels.importLabelTable(withNew).changed).toBe(3);
    expect(store.catalogue.image(5).labels.at(-1)).toMatchObject({
      className: 'Tumour',
      origin: 'import',
      act: 'import',
    });
    expect(labels.undoLabels('Dr. A').changed).toBe(3);
    expect(classOf(1)).toBe(pneumonia());
  });

  it('without the columns that are needed, or with an open quote, are refused as a whole', () => {
    const reasons = (text: string) => labels.previewLabelTable(tableRequest(text)).refusals.map(({ reason }) => reason);
    expect(reasons('a,b\n1,2')).toEqual(['There is no column "label" (or "class").']);
    expect(reasons('label,b\n1,2')).toEqual(['There is no column that names the image: "sha256" or "file".']);
    expect(reasons('file,label\n"1.png,Normal')).toEqual(['A quoted cell does not end.']);
    expect(() => labels.importLabelTable(tableRequest('file,label\n4.png,Normal'))).toThrow(
      /No line of the table changes/,
    );
  });

  it('are safe in a spreadsheet, and the safety is taken off on the way in', () => {
    const classes = store.classes.classes().map((one) => (one.name === 'Normal' ? { ...one, name: '=1+1' } : one));
    store.classes.saveClasses(classes);
    const text = labels.labelTable({ files: false });
    expect(text).toContain(",'=1+1,");
    expect(labels.previewLabelTable(tableRequest(text))).toMatchObject({ changes: 0, unchanged: 12, refused: 0 });
  });

  it('go in as labels of a reader', () => {
    const request = tableRequest('file,class\n1.png,Normal\n4.png,Normal', { role: 'reader', author: 'Dr. B' });
    expect(labels.previewLabelTable(request)).toMatchObject({ changes: 2 });
    labels.importLabelTable(request);
    expect(classOf(1)).toBe(pneumonia());
    expect(labels.labelAgreement().readers).toMatchObject([{ reader: 'Dr. B', images: 2 }]);
  });
});

describe('the tree of patients', () => {
  it('has them in order with their images, and the series of one by study', () => {
    const { total, items } = store.catalogue.patients({ text: '', offset: 1, limit: 2 });
    expect(total).toBe(4);
    expect(items.map(({ pseudonym, images, series }) => [pseudonym, images, series])).toEqual([
      ['P00002', 3, 0],
      ['P00003', 3, 0],
    ]);
    expect(store.catalogue.patients({ text: 'p00004', offset: 0, limit: 9 }).items).toHaveLength(1);
    const insert = store.database.prepare(
      "INSERT INTO series (id, series_uid, study_uid, patient_id, series_number, description, modality) VALUES (?, ?, ?, 1, ?, ?, 'CT')",
    );
    insert.run(1, '1.1', '1', 2, 'lung');
    insert.run(2, '1.2', '1', 1, 'scout');
    insert.run(3, '2.1', '2', 1, null);
    store.database.exec('UPDATE images SET series_id = 1 WHERE id IN (1, 2)');
    expect(store.catalogue.seriesOf(1).map(({ id, study, images }) => [id, study, images])).toEqual([
      [2, 1, 0],
      [1, 1, 2],
      [3, 2, 0],
    ]);
  });
});

describe('classes', () => {
  it('have a key each', () => {
    const [first, second] = store.classes.classes();
    store.classes.saveClasses([{ ...first!, key: 'C' }, second!]);
    expect(store.classes.classes().map(({ key }) => key)).toEqual(['c', null]);
    expect(() =>
      store.classes.saveClasses([
        { ...first!, key: 'c' },
        { ...second!, key: 'c' },
      ]),
    ).toThrow(/same key/);
  });
});
