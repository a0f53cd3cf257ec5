import { chdir, cwd } from 'node:process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followDirectory } from './dicomDirectory.ts';
import { walkSource } from './walk.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'parenchyma-walk-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('finding files', () => {
  it('names folders that are nested too deep, and goes on with the others', async () => {
    mkdirSync(join(folder, ...Array.from({ length: 70 }, () => 'd')), { recursive: true });
    writeFileSync(join(folder, 'last.png'), '');
    const { files, unreadable } = await walkSource(folder, new AbortController().signal);
    expect(files.map((one) => one.relativePath)).toEqual(['last.png']);
    expect(unreadable).toMatchObject([{ reason: expect.stringContaining('64 deep') as string }]);
  });

  // A path can only be made that long step by step; how long is too long differs between systems.
  it.skipIf(process.platform !== 'linux')('names a folder whose path is too long for the system', async () => {
    const before = cwd();
    try {
      chdir(folder);
      for (let depth = 0; depth < 25; depth++) {
        mkdirSync('L'.repeat(200));
        chdir('L'.repeat(200));
      }
    } finally {
      chdir(before);
    }
    writeFileSync(join(folder, 'other.png'), '');
    const { files, unreadable } = await walkSource(folder, new AbortController().signal);
    expect(files.map((one) => one.relativePath)).toEqual(['other.png']);
    expect(unreadable).toMatchObject([{ reason: expect.stringContaining('too long') as string }]);
  });
});

describe('a DICOMDIR', () => {
  it('leads to files below its folder only, and what it lists besides is named', async () => {
    mkdirSync(join(folder, 'DICOM'));
    writeFileSync(join(folder, 'DICOM', 'IM1'), '');
    const source = {
      path: folder,
      files: [{ path: join(folder, 'DICOMDIR'), relativePath: 'DICOMDIR' }],
      unreadable: [],
    };
    const listed = [
      ['DICOM', 'IM1'],
      ['..', 'secret'],
      ['', 'etc', 'passwd'],
      ['DICOM', 'IM2'],
    ];
    const { files, unreadable } = await followDirectory(source, {
      directory: () => Promise.resolve({ kind: 'directory', files: listed }),
    });
    expect(files.map((one) => one.relativePath)).toEqual(['DICOM/IM1']);
    expect(unreadable.map(({ path }) => path.slice(folder.length))).toEqual([
      '/../secret',
      '//etc/passwd',
      '/DICOM/IM2',
    ]);
  });
});
