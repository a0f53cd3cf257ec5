/** Importing COVID-CT and DICOM series, where they lie beside the project. */
import { cp, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';

import { join } from 'node:path';

import { expect, it } from 'vitest';

import { matchSplitFiles, readSplitFiles } from '../../src-main/library/index.ts';

import { describeWithShared } from '../helpers/shared.ts';

import { folder, importInto, store } from '../helpers/importCase.ts';

describeWithShared('COVID-CT', 'covid-ct', (shared) => {
  it('imports 543 of 543 pictures, knows the papers as patients, and takes over the official sets', async () => {
    await importInto([join(shared, 'CT_COVID')], { label: 'COVID' });
    await importInto([join(shared, 'CT_NonCOVID')], { label: 'NonCOVID' });
    expect(store.catalogue.counts()).toMatchObject({ images: 543, labelled: 543, rejected: 0, patients: 249 });
    expect(store.patients.patientRule()).toEqual({ kind: 'covid-ct' });
    const detail = store.splits.labelled().map(({ imageId }) => store.catalogue.image(imageId));
    const misnamed = detail.filter(({ fileName, format }) => fileName.endsWith('.png') && format === 'jpeg');
    expect(misnamed).toHaveLength(32);

    const lists = await readSplitFiles(join(shared, 'Data-split'));
    const { sets, missing, unlisted } = matchSplitFiles(lists, store.splits.labelled());
    expect({ missing, unlisted }).toEqual({ missing: [], unlisted: 0 });
    store.splits.save({ method: 'files', ratio: null, seed: null, author: 'test', at: '2026-01-01T00:00:00Z', sets });
    expect(store.splits.current()?.sets).toMatchObject([
      { set: 'training', images: 425, classes: { COVID: 191, NonCOVID: 234 } },
      { set: 'validation', images: 118, classes: { COVID: 60, NonCOVID: 58 } },
      { set: 'test', images: 0 },
    ]);
    // Figures of one paper (10.1101/2020.03.13.20035212) are in both official sets.
    store.findings.refresh('2026-01-01T00:00:00Z');
    expect(store.findings.findings().map(({ message }) => message)).toEqual([
      '1 patient is in both training and validation.',
    ]);
  });
});

describeWithShared('DICOM series', 'dicom', (shared) => {
  it('makes patients, series and slice positions; frames of one file are images of their own', async () => {
    const path = join(shared, 'pydicom/src/pydicom/data/test_files/dicomdirtests');
    const outcome = await importInto([path]);
    const images = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(outcome.imported + outcome.duplicates + outcome.rejected.length).toBe(images.length);
    expect(outcome.imported).toBe(31);
    expect(store.catalogue.counts().patients).toBe(2);
    expect(store.patients.patientRule()).toBeNull();

    await importInto([join(shared, 'synthetic/ok_multiframe_10.dcm')]);
    expect(store.catalogue.counts().images).toBe(41);
  });

  it('follows a DICOMDIR that was picked by itself, and names what it lists and is not there', async () => {
    const medium = join(folder, 'medium');
    await cp(join(shared, 'pydicom/src/pydicom/data/test_files/dicomdirtests'), medium, { recursive: true });
    const whole = await importInto([join(medium, 'DICOMDIR')]);
    expect(whole).toMatchObject({ imported: 31, rejected: [] });
    await rm(join(medium, '77654033/CR1/6154'));
    const again = await importInto([join(medium, 'DICOMDIR')]);
    expect(again.rejected).toEqual([
      {
        path: join(medium, '77654033/CR1/6154'),
        code: 'UNREADABLE',
        reason: 'The DICOMDIR lists this file, and it is not there.',
      },
    ]);
  });

  it('keeps two files with one SOP Instance UID and different pixels', async () => {
    const outcome = await importInto([
      join(shared, 'synthetic/dup_sop_a.dcm'),
      join(shared, 'synthetic/dup_sop_b.dcm'),
    ]);
    expect(outcome).toMatchObject({ imported: 2, duplicates: 0, rejected: [] });
  });
});
