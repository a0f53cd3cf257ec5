import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { linesOf, matchSplitFiles, readSplitFiles, setOfListName } from './splitFiles.ts';

const image = (imageId: number, fileName: string, className = 'COVID', path = `/x/CT_${className}/${fileName}`) => ({
  imageId,
  fileName,
  className,
  path,
});

it.each([
  ['trainCT_COVID.txt', 'training'],
  ['valCT_NonCOVID.txt', 'validation'],
  ['Test.txt', 'test'],
  ['readme.txt', null],
])('%s lists the set %s', (name, set) => expect(setOfListName(name)).toBe(set));

it('reads lists with any line ending, a byte order mark and blank lines', () => {
  expect(linesOf('\uFEFFa.png\r\n\r\n b.png \n')).toEqual(['a.png', 'b.png']);
});

it('matches names exactly, then without case and normal form, and tells classes apart', () => {
  const lists = [
    { set: 'training' as const, folder: 'COVID', names: ['1.png', 'Übung.PNG', 'gone.png'] },
    { set: 'test' as const, folder: 'NonCOVID', names: ['1.png'] },
  ];
  const images = [image(1, '1.png'), image(2, '1.png', 'NonCOVID'), image(3, 'u\u0308bung.png'), image(4, 'other.png')];
  const match = matchSplitFiles(lists, images);
  expect([...match.sets]).toEqual([
    [1, 'training'],
    [3, 'training'],
    [2, 'test'],
  ]);
  expect(match).toMatchObject({ missing: ['gone.png'], unlisted: 1 });
});

it('refuses lists that name nothing of the project, and folders without lists', async () => {
  const lists = [{ set: 'training' as const, folder: 'a', names: ['x'] }];
  expect(() => matchSplitFiles(lists, [image(1, 'y')])).toThrow('None of the names');
  const folder = await mkdtemp(join(tmpdir(), 'parenchyma-lists-'));
  try {
    await expect(readSplitFiles(folder)).rejects.toMatchObject({ code: 'SPLIT_FILES_UNREADABLE' });
    await expect(readSplitFiles(join(folder, 'gone'))).rejects.toMatchObject({ code: 'SPLIT_FILES_UNREADABLE' });
    await mkdir(join(folder, 'COVID'));
    await writeFile(join(folder, 'COVID', 'valCT_COVID.txt'), '1.png\n');
    expect(await readSplitFiles(folder)).toEqual([{ set: 'validation', folder: 'COVID', names: ['1.png'] }]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
