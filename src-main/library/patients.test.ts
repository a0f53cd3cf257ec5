import { describe, expect, it } from 'vitest';
import {
  covidCtPatient,
  dicomKey,
  patientsByRule,
  pictureKeys,
  previewPatientRule,
  proposePatientRule,
} from './patients.ts';
import type { DicomFacts } from './outcomes.ts';

const named = (names: readonly string[], folder = '') =>
  names.map((fileName, index) => ({ imageId: index + 1, sourceId: 1, folder, fileName }));

describe("COVID-CT's names", () => {
  it.each([
    ['2020.02.10.20021584-p6-52%3.png', '2020.02.10.20021584'],
    ['2020.03.21.20040691-p18-67-1.png', '2020.03.21.20040691'],
    ['21%1.jpg', '21.jpg'],
    ['21.png', '21.png'],
    ['PIIS0140673620303603%0.png', 'PIIS0140673620303603'],
    ['something.png', null],
  ])('%s is of %s', (name, patient) => expect(covidCtPatient(name)).toBe(patient));

  it('are recognised', () => {
    expect(proposePatientRule(['2020.02.10.20021584-p6-52%3.png', '2020.02.10.20021584-p7-1.png'])).toEqual({
      kind: 'covid-ct',
    });
    expect(proposePatientRule(['102.png', '21%0.jpg', '21%1.jpg'])).toEqual({ kind: 'covid-ct' });
    expect(proposePatientRule(['102.png', '103.png'])).toEqual({ kind: 'whole-name' });
  });
});

describe('rules', () => {
  it('take the first capture of a pattern, and leave what does not fit alone', () => {
    const rule = { kind: 'regex' as const, pattern: '^(p\\d+)_' };
    expect(patientsByRule(named(['p1_1.png', 'p1_2.png', 'x.png']), rule)).toEqual(['p1', 'p1', null]);
    const keys = pictureKeys(named(['p1_1.png', 'p1_2.png', 'x.png', 'y.png']), rule);
    expect(new Set(keys.values()).size).toBe(3);
  });

  it('propose a pattern where names begin with the patient', () => {
    const names = ['Patient12_slice1.png', 'patient12_slice2.png', 'PATIENT3-1.png'];
    const rule = proposePatientRule(names);
    expect(patientsByRule(named(names), rule)).toEqual(['Patient12', 'patient12', 'PATIENT3']);
  });

  it.each([
    [
      ['NCP_96_1328_0032.png', 'NCP_96_1328_0033.png', 'CP_96_1400_0001.png'],
      ['NCP_96', 'NCP_96', 'CP_96'],
    ],
    [
      ['137covid_patient1_SR_2_IM00005.png', '137covid_patient12_SR_2_IM00005.png'],
      ['137covid_patient1', '137covid_patient12'],
    ],
    [
      ['LIDC-IDRI-0001_slice_12.png', 'LIDC-IDRI-0002-7.png'],
      ['LIDC-IDRI-0001', 'LIDC-IDRI-0002'],
    ],
    [
      ['P001_3.png', 'P002_3.png'],
      ['P001', 'P002'],
    ],
    [
      ['volume-12_slice_4.png', 'study_0255_1.png'],
      ['volume-12', 'study_0255'],
    ],
  ])('propose what the names of public sets tell: %s', (names, patients) => {
    expect(patientsByRule(named(names), proposePatientRule(names))).toEqual(patients);
  });

  it.each([
    ['Covid (12).png', 'Covid (13).png'],
    ['IM-0001-0003.png', 'IM-0001-0004.png'],
    ['covid19_1.png', 'covid19_2.png'],
    ['COVID-00001.png', 'COVID-00002.png'],
    ['肺_1.png', '肺_2.png'],
  ])('propose nothing where names tell no patient: %s, %s', (...names) => {
    expect(proposePatientRule(names)).toEqual({ kind: 'whole-name' });
  });

  it('propose the folder where folders are named after patients, not after classes or folds', () => {
    const proposed = (...folders: string[]) => {
      const twice = folders.flatMap((folder) => [folder, folder]);
      return proposePatientRule(
        twice.map((_, slice) => `IM-0001-000${slice}.png`),
        twice,
      ).kind;
    };
    expect(proposed('P001', 'P002', 'P003')).toBe('folder');
    expect(proposed('COVID/patient 1', 'COVID/patient 2', 'Normal/patient 9')).toBe('folder');
    expect(proposed('COVID', 'Normal', 'CAP')).toBe('whole-name');
    expect(proposed('0', '1', '2')).toBe('whole-name');
    expect(proposed('fold1', 'fold2', 'fold3')).toBe('whole-name');
    expect(proposed('', '', '')).toBe('whole-name');
  });

  it('refuse a pattern that is none, has no group, or backtracks without end', () => {
    const using = (pattern: string) => () => patientsByRule(named([`${'a'.repeat(60)}!`]), { kind: 'regex', pattern });
    expect(using('(')).toThrow('not a valid regular expression');
    expect(using('abc')).toThrow('no capture group');
    const before = performance.now();
    expect(using('^(a+)+$')).toThrow('takes too long');
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('keep whole names and folders of different sources apart', () => {
    const pictures = [...named(['1.png']), { imageId: 2, sourceId: 2, folder: '', fileName: '1.png' }];
    expect(new Set(pictureKeys(pictures, { kind: 'whole-name' }).values()).size).toBe(2);
    expect(new Set(pictureKeys(named(['1.png', '2.png'], 'anna'), { kind: 'folder' }).values()).size).toBe(1);
  });

  it('show what they would do', () => {
    const preview = previewPatientRule(named(['p1_1.png', 'p1_2.png', 'x.png']), {
      kind: 'regex',
      pattern: '^(p\\d+)_',
    });
    expect(preview).toEqual({
      images: 3,
      patients: 2,
      unmatched: 1,
      examples: [
        { fileName: 'p1_1.png', patient: 'p1' },
        { fileName: 'p1_2.png', patient: 'p1' },
        { fileName: 'x.png', patient: null },
      ],
    });
  });
});

it('takes the study for the patient where a DICOM file names none', () => {
  const facts = { patientId: null, issuerOfPatientId: null, studyUid: '1.2', seriesUid: '1.2.3' } as DicomFacts;
  expect(dicomKey({ ...facts, patientId: '7', issuerOfPatientId: 'A' }, 'h')).not.toBe(
    dicomKey({ ...facts, patientId: '7' }, 'h'),
  );
  expect(dicomKey(facts, 'h')).toBe('study:1.2');
  expect(dicomKey({ ...facts, studyUid: null, seriesUid: null }, 'h')).toBe('file:h');
});
