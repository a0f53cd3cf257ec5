/** Importing folders and files. */
import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';

import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src-shared/contract/progress.ts';
import { pictureKeys } from '../../src-main/library/index.ts';
import { rejectionRoutes } from '../../src-main/host/rejectionRoutes.ts';

import { folder, importInto, picture, pictures, store } from '../helpers/importCase.ts';

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
    // More than what is written at first and read ahead of it, so that some are still to be read.
    const path = await pictures(Array.from({ length: 600 }, (_, index) => `${index}.png`));
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

it('gives pictures new patients when the rule changes', async () => {
  const path = await pictures(['anna_1.png', 'anna_2.png', 'bert_1.png']);
  await importInto([path]);
  expect(store.catalogue.counts().patients).toBe(3);
  const rule = { kind: 'regex' as const, pattern: '^([a-z]+)_' };
  expect(store.patients.applyPatientRule(rule, pictureKeys(store.patients.pictureNames(), rule))).toBe(true);
  expect(store.catalogue.counts().patients).toBe(2);
});
