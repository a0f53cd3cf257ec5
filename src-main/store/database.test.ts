import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { inTransaction, openDatabase, schemaVersion } from './database.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parenchyma-store-'));
  path = join(folder, 'project.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof ExpectedError ? error.code : String(error);
  }
  return 'nothing was thrown';
}

describe('the project database', () => {
  it('says that the disk is full when it is, and keeps what was there', () => {
    const database = openDatabase(path);
    const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
    database.exec(`CREATE TABLE big (bytes BLOB); PRAGMA max_page_count = ${pages + 4}`);
    const fill = () =>
      inTransaction(database, () => database.prepare('INSERT INTO big VALUES (?)').run(new Uint8Array(1_000_000)));
    expect(fill).toThrow(expect.objectContaining({ message: 'database or disk is full', errcode: 13 }));
    expect(database.isTransaction).toBe(false);
    expect(database.prepare('SELECT count(*) AS n FROM big').get()).toEqual({ n: 0 });
    database.close();
  });

  it('is made with the current schema and opens again', () => {
    openDatabase(path).close();
    const database = openDatabase(path);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: schemaVersion });
    expect(database.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 });
    database.close();
  });

  it('refuses a project that a newer program has written, and leaves it as it is', () => {
    openDatabase(path).close();
    const raw = new DatabaseSync(path);
    raw.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
    raw.close();
    expect(codeOf(() => openDatabase(path))).toBe('PROJECT_NEWER');
  });

  it('refuses a file that is no database, and one of another program', () => {
    writeFileSync(path, 'this is a text, not a database, and long enough to have a header of 100 bytes'.repeat(4));
    expect(codeOf(() => openDatabase(path))).toBe('PROJECT_DAMAGED');
    const other = join(folder, 'other.sqlite');
    const raw = new DatabaseSync(other);
    raw.exec('CREATE TABLE notes (text TEXT); PRAGMA user_version = 1');
    raw.close();
    expect(codeOf(() => openDatabase(other))).toBe('PROJECT_DAMAGED');
  });

  it('refuses a second program while the first has it open, and lets it in when the first has died', () => {
    const database = openDatabase(path);
    expect(codeOf(() => openDatabase(path))).toBe('PROJECT_LOCKED');
    database.close();
    const open = `import { openDatabase } from ${JSON.stringify(join(import.meta.dirname, 'database.ts'))}; openDatabase(${JSON.stringify(path)}); process.kill(process.pid, 'SIGKILL');`;
    expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', open], { stdio: 'ignore' })).toThrow();
    openDatabase(path).close();
  });

  it('says that a folder is not there or not writable', () => {
    expect(codeOf(() => openDatabase(join(folder, 'missing', 'project.sqlite')))).toBe('PATH_NOT_WRITABLE');
  });

  it('keeps label history and openings of the test set append-only', () => {
    const database = openDatabase(path);
    database.exec(
      "INSERT INTO test_openings (run_id, opened_by, at) VALUES ('run-1', 'someone', '2026-01-01T00:00:00Z')",
    );
    expect(() => database.exec('DELETE FROM test_openings')).toThrow(/append-only/);
    expect(() => database.exec("UPDATE test_openings SET opened_by = 'nobody'")).toThrow(/append-only/);
    database.close();
  });
});
