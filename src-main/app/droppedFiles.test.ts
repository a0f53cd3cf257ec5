import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadableStream } from 'node:stream/web';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/helpers/commandLine.ts';
import { createDroppedFiles, type DroppedFiles } from './droppedFiles.ts';

let folder: ReturnType<typeof temporaryFolder>;
let dropped: DroppedFiles;
const limits = { bytesPerFile: 10, bytes: 15, files: 3 };
const body = (bytes: number) => new Blob([new Uint8Array(bytes)]).stream() as ReadableStream<Uint8Array>;

beforeEach(() => {
  folder = temporaryFolder('dropped');
  dropped = createDroppedFiles(join(folder.path, 'dropped'), limits);
});
afterEach(() => folder.remove());

it('keeps files below the folder of their batch, until it is removed', async () => {
  await dropped.add('one', 'study/slice 1.dcm', body(4));
  await dropped.add('two', 'a.png', body(4));
  expect(readFileSync(join(dropped.folder('one'), 'study', 'slice 1.dcm'))).toHaveLength(4);
  await dropped.remove('one');
  expect(() => dropped.folder('one')).toThrow(/not at hand/);
  expect(readdirSync(join(folder.path, 'dropped'))).toEqual(['two']);
  await dropped.clear();
  expect(existsSync(join(folder.path, 'dropped'))).toBe(false);
});

it('refuses names that lead out of the folder, and takes odd ones as they can be kept', async () => {
  for (const path of ['../escape', 'a/../../escape', '', '/', '.', `${'x'.repeat(300)}.png`]) {
    await expect(dropped.add('one', path, body(1)), path).rejects.toThrow(/name/);
  }
  await dropped.add('one', '/C:\\windows\\a.png', body(1));
  expect(readdirSync(dropped.folder('one'))).toEqual(['C__windows_a.png']);
  expect(existsSync(join(folder.path, 'escape'))).toBe(false);
});

it('refuses a file that is too large, too many bytes and too many files, and leaves no part of the refused one', async () => {
  await expect(dropped.add('one', 'large.png', body(11))).rejects.toThrow(/larger than 10 bytes/);
  expect(readdirSync(dropped.folder('one'))).toEqual([]);
  await dropped.add('two', 'a.png', body(8));
  await expect(dropped.add('two', 'b.png', body(8))).rejects.toThrow(/together/);
  for (const name of ['a', 'b', 'c']) await dropped.add('three', name, body(1));
  await expect(dropped.add('three', 'd', body(1))).rejects.toThrow(/More than 3 files/);
});

it('never writes one dropped file over another', async () => {
  await dropped.add('one', 'a.png', body(2));
  await expect(dropped.add('one', 'a.png', body(3))).rejects.toThrow(/twice/);
  expect(readFileSync(join(dropped.folder('one'), 'a.png'))).toHaveLength(2);
});
