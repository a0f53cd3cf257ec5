import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkTableFile, writeTableFile } from './tableFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'parenchyma-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is written as it is', async () => {
  const path = join(folder, 'a table.csv');
  await checkTableFile(path);
  await writeTableFile(path, 'id,label\n');
  expect(readFileSync(path, 'utf8')).toBe('id,label\n');
});

it('is refused in words where its folder is not there, before and after anything was computed', async () => {
  const path = join(folder, 'nowhere', 'table.csv');
  const refusal = { code: 'PATH_NOT_WRITABLE', message: `The table ${path} cannot be written.` };
  await expect(checkTableFile(path)).rejects.toMatchObject(refusal);
  await expect(writeTableFile(path, '')).rejects.toMatchObject(refusal);
});
