import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Progress } from '../../src-shared/contract/progress.ts';
import {
  createDecoder,
  importPaths,
  matchSplitFiles,
  pictureKeys,
  readSplitFiles,
  type Decoder,
} from '../../src-main/library/index.ts';
import { rejectionRoutes } from '../../src-main/host/rejectionRoutes.ts';
import { openProjectStore, type ProjectStore } from '../../src-main/store/index.ts';
import { describeWithShared } from '../helpers/shared.ts';

let decoder: Decoder;
let folder: string;
let store: ProjectStore;

beforeAll(() => {
  decoder = createDecoder();
});
afterAll(() => decoder.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parenchyma-import-'));
  store = openProjectStore(join(folder, 'test.parenchyma'));
  store.project.initialise('test', '2026-01-01T00:00:00Z', '0');
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true, force: true });
});

interface Options {
  label?: string;
  signal?: AbortSignal;
  onProgress?: (progress: Omit<Progress, 'job'>) => void;
}

async function importInto(paths: string[], { label, signal, onProgress }: Options = {}) {
  const context = { report: onProgress ?? (() => {}), signal: signal ?? new AbortController().signal };
  const outcome = await importPaths(
    { store: store.imports, decoder },
    { paths, label: label ?? null, patientRule: null },
    context,
  );
  if (label !== undefined) {
    const by = { origin: 'folder' as const, author: 'test', at: '2026-01-01T00:00:00Z' };
    store.classes.label(outcome.seen, store.classes.ensureClass(label), by);
  }
  return outcome;
}

/** A small gray PNG whose pixels depend on `seed`. */
async function picture(path: string, seed: number): Promise<void> {
  const pixels = Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 7 + seed * 13) % 256));
  pixels[0] = seed >> 8;
  await sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
    .png()
    .toFile(path);
}

async function pictures(names: readonly string[], below = 'images'): Promise<string> {
  const path = join(folder, below);
  await mkdir(path, { recursive: true });
  for (const [seed, name] of names.entries()) {
    await mkdir(join(path, name, '..'), { recursive: true });
    await picture(join(path, name), seed);
  }
  return path;
}

describe('importing a folder', () => {
  it('takes images of all folders below in natural order, skips hidden and system files, lists what it refused', async () => {
    const path = await pictures(['a/2.png', 'a/10.png', 'b/x.png', '.hidden.png', 'Thumbs.db']);
    await writeFile(join(path, 'note.txt'), 'hello');
    const outcome = await importInto([path]);
    expect(outcome).toMatchObject({ imported: 3, duplicates: 0 });
    expect(outcome.rejected).toEqual([
      {
        path: join(path, 'note.txt'),
        code: 'NOT_AN_IMAGE',
        reason: 'The file is a text file, not an image that can be read.',
      },
    ]);
    expect(store.patients.pictureNames().map(({ fileName }) => fileName)).toEqual(['2.png', '10.png', 'x.png']);
    expect(store.rejections.list({ code: null, text: '', offset: 0, limit: 10 }).total).toBe(1);
  });

  it('lists what was left out by reason, and makes a table of it without names unless they are asked for', async () => {
    const path = await pictures(['ok.png']);
    await writeFile(join(path, '=Müller, Anna.txt'), 'hello');
    await writeFile(join(path, 'empty.dcm'), '');
    await importInto([path]);
    const listed = store.rejections.list({ code: 'EMPTY_FILE', text: '', offset: 0, limit: 10 });
    expect(listed.items.map((one) => one.path)).toEqual([join(path, 'empty.dcm')]);
    expect(listed.codes).toEqual([
      { code: 'EMPTY_FILE', files: 1 },
      { code: 'NOT_AN_IMAGE', files: 1 },
    ]);
    expect(store.rejections.list({ code: null, text: 'müller', offset: 0, limit: 10 }).total).toBe(1);

    const routes = rejectionRoutes({ requireSession: () => ({ rejections: store.rejections }) });
    const table = await (await routes.request('/rejections.csv')).text();
    expect(table).toContain('EMPTY_FILE');
    expect(table).not.toContain('Müller');
    const named = await (await routes.request('/rejections.csv?names=1&code=NOT_AN_IMAGE')).text();
    expect(named).toContain('Müller, Anna.txt"');
    expect(named).not.toContain('EMPTY_FILE');
  });

  it('changes nothing when it is done again', async () => {
    const path = await pictures(['1.png', '2.png']);
    await importInto([path], { label: 'COVID' });
    const again = await importInto([path], { label: 'COVID' });
    expect(again).toMatchObject({ imported: 0, duplicates: 2, rejected: [] });
    expect(store.catalogue.counts()).toMatchObject({ images: 2, labelled: 2 });
  });

  it('labels a known folder anew when it is imported with another label', async () => {
    const path = await pictures(['1.png']);
    await importInto([path], { label: 'COVID' });
    await importInto([path], { label: 'NonCOVID' });
    const { items } = store.rejections.list({ code: null, text: '', offset: 0, limit: 10 });
    expect(items).toEqual([]);
    expect(store.splits.labelled()).toMatchObject([{ className: 'NonCOVID' }]);
  });

  it('finds copies, and reports a copy that would get another label', async () => {
    const path = await pictures(['1.png']);
    const copy = join(folder, 'copy');
    await cp(path, copy, { recursive: true });
    await importInto([path], { label: 'COVID' });
    const outcome = await importInto([copy], { label: 'NonCOVID' });
    expect(outcome).toMatchObject({ imported: 0, duplicates: 1, seen: [] });
    expect(outcome.rejected).toMatchObject([{ path: join(copy, '1.png'), code: 'LABEL_CONFLICT' }]);
    expect(store.splits.labelled()).toMatchObject([{ className: 'COVID' }]);
    const again = await importInto([copy], { label: 'NonCOVID' });
    expect(again.rejected).toMatchObject([{ code: 'LABEL_CONFLICT' }]);
  });

  it('takes a file that was refused when it is repaired', async () => {
    const path = await pictures(['1.png']);
    await writeFile(join(path, '2.png'), 'not yet');
    await importInto([path]);
    await picture(join(path, '2.png'), 2);
    expect(await importInto([path])).toMatchObject({ imported: 1, duplicates: 1, rejected: [] });
    expect(store.rejections.list({ code: null, text: '', offset: 0, limit: 10 }).total).toBe(0);
  });

  it('keeps the image it read when the file is changed later, and says so', async () => {
    const path = await pictures(['1.png']);
    await importInto([path]);
    await picture(join(path, '1.png'), 99);
    expect((await importInto([path])).rejected).toMatchObject([{ code: 'FILE_CHANGED' }]);
    expect(store.catalogue.counts().images).toBe(1);
  });

  it('does not follow links out of the folder, nor in circles', async () => {
    const path = await pictures(['in/1.png']);
    const outside = await pictures(['2.png'], 'outside');
    await symlink(outside, join(path, 'out'));
    await symlink(path, join(path, 'in', 'circle'));
    expect(await importInto([path])).toMatchObject({ imported: 1, duplicates: 0 });
  });

  it('reads names of any script and length', async () => {
    const names = ['胸部 CT.png', 'Ünïcode ü.png', `${'long'.repeat(50)}.png`, 'quote\'"%s.png'];
    expect(await importInto([await pictures(names)])).toMatchObject({ imported: 4 });
  });

  it('finds a folder whose name was given in another normal form', async () => {
    await pictures(['1.png'], 'Bäume'.normalize('NFD'));
    expect(await importInto([join(folder, 'Bäume'.normalize('NFC'))])).toMatchObject({ imported: 1 });
  });

  it('stops when the drive is gone, keeps what it read, and says so instead of refusing every file', async () => {
    const path = await pictures(Array.from({ length: 400 }, (_, index) => `${index}.png`));
    const pulled = importInto([path], {
      onProgress: ({ done }) => {
        if (done > 0) rmSync(path, { recursive: true, force: true });
      },
    });
    await expect(pulled).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
    expect(store.catalogue.counts()).toMatchObject({ rejected: 0 });
    expect(store.catalogue.counts().images).toBeGreaterThan(0);
  });

  it('reads a folder that may not be written to', async () => {
    const path = await pictures(['1.png']);
    await chmod(path, 0o500);
    expect(await importInto([path])).toMatchObject({ imported: 1 });
    await chmod(path, 0o700);
  });

  it('imports a folder inside a known one as part of it', async () => {
    const path = await pictures(['a/1.png', 'b/2.png']);
    await importInto([path]);
    expect(await importInto([join(path, 'a')])).toMatchObject({ imported: 0, duplicates: 1 });
    expect(store.imports.sources()).toHaveLength(1);
  });

  it('imports a single file', async () => {
    const path = await pictures(['1.png']);
    expect(await importInto([join(path, '1.png')])).toMatchObject({ imported: 1 });
    const { imageId } = store.patients.pictureNames()[0]!;
    expect(store.catalogue.imageFile(imageId).path).toBe(join(path, '1.png'));
    await picture(join(path, '2.png'), 2);
    expect(await importInto([join(path, '1.png'), join(path, '2.png')])).toMatchObject({ imported: 1, duplicates: 1 });
    expect(store.imports.sources()).toHaveLength(1);
  });

  it('refuses a path that is not there before it reads anything', async () => {
    const path = await pictures(['1.png']);
    await expect(importInto([path, join(folder, 'gone')])).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
    expect(store.catalogue.counts().images).toBe(0);
  });

  it('refuses an empty folder', async () => {
    await mkdir(join(folder, 'empty'));
    await expect(importInto([join(folder, 'empty')])).rejects.toMatchObject({ code: 'NOTHING_TO_IMPORT' });
  });

  it('keeps what is done when it is cancelled, and goes on from there', async () => {
    const path = await pictures(Array.from({ length: 600 }, (_, index) => `${index}.png`));
    const cancel = new AbortController();
    const cancelled = importInto([path], {
      signal: cancel.signal,
      onProgress: ({ done }) => {
        if (done > 0) cancel.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    const kept = store.catalogue.counts().images;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(600);
    expect(await importInto([path])).toMatchObject({ imported: 600 - kept, duplicates: kept });
  });

  it('reports progress with rate and estimate', async () => {
    const path = await pictures(['1.png', '2.png', '3.png']);
    const reports: Omit<Progress, 'job'>[] = [];
    await importInto([path], { onProgress: (progress) => reports.push(progress) });
    expect(reports.at(-1)).toMatchObject({ phase: 'importing', done: 3, total: 3, etaSeconds: 0 });
    expect(reports.at(-1)?.rate).toBeGreaterThan(0);
  });
});

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

it('gives pictures new patients when the rule changes', async () => {
  const path = await pictures(['anna_1.png', 'anna_2.png', 'bert_1.png']);
  await importInto([path]);
  expect(store.catalogue.counts().patients).toBe(3);
  const rule = { kind: 'regex' as const, pattern: '^([a-z]+)_' };
  expect(store.patients.applyPatientRule(rule, pictureKeys(store.patients.pictureNames(), rule))).toBe(true);
  expect(store.catalogue.counts().patients).toBe(2);
});
