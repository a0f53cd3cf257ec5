import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeChosenFolder, makeFolder } from './files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parenchyma-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a folder that the user names', () => {
  it('is made with those above it, and taken where it is there', () => {
    const path = join(folder, 'one', 'two', 'three');
    makeFolder(path);
    makeFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it('is refused where a file stands in the way', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, 'file'))).toThrow('EEXIST');
    expect(() => makeFolder(join(folder, 'file', 'below'))).toThrow('ENOTDIR');
  });

  it.runIf(existsSync('/proc/self'))('is refused where nothing can be made, in words', () => {
    expect(() => makeChosenFolder('/proc/one/two', 'Nothing was written.')).toThrow(
      expect.objectContaining({
        code: 'PATH_NOT_WRITABLE',
        message: 'The folder /proc/one/two cannot be made.',
        kept: 'Nothing was written.',
      }),
    );
  });
});
