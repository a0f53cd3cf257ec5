import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { initial } from './migrations/001-initial.ts';
import { operatingPoints } from './migrations/002-operating-points.ts';
import { reviews } from './migrations/003-reviews.ts';
import { viewer } from './migrations/004-viewer.ts';
import { audits } from './migrations/005-audits.ts';
import { libraryAtScale } from './migrations/006-library.ts';
import { runRecords } from './migrations/007-run-records.ts';
import { pixelHashes } from './migrations/008-pixel-hashes.ts';
import { search } from './migrations/009-search.ts';
import { labelling } from './migrations/010-labelling.ts';
import { comparisonStudies } from './migrations/011-comparison-studies.ts';
import { runQueue } from './migrations/012-run-queue.ts';
import { gridIndices } from './migrations/013-grid-indices.ts';
import { runGroups } from './migrations/014-run-groups.ts';

/** Numbered migrations; `user_version` of a database is the number of those it has seen. */
const migrations: readonly string[] = [
  initial,
  operatingPoints,
  reviews,
  viewer,
  audits,
  libraryAtScale,
  runRecords,
  pixelHashes,
  search,
  labelling,
  comparisonStudies,
  runQueue,
  gridIndices,
  runGroups,
];
export const schemaVersion = migrations.length;

/** 'PRGM': tells a Parenchyma database from any other SQLite file. */
const applicationId = 0x5052_474d;

/**
 * Opens `path` (made when missing), brings it to the current schema and returns it. WAL, foreign keys on, synchronous FULL.
 * The lock is exclusive and held until `close()` or the end of the process, so two programs never write one project.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(path, { timeout: 1000 });
  } catch (cause) {
    throw openFailure(path, cause);
  }
  try {
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;',
    );
    // What SQLite keeps to undo one statement with triggers would go through temporary files, at twice the time of an import's writes.
    database.exec('PRAGMA temp_store = MEMORY;');
    // In exclusive mode the first write takes the lock and keeps it.
    database.exec('BEGIN IMMEDIATE; COMMIT;');
    migrate(database, path);
    return database;
  } catch (cause) {
    database.close();
    if (cause instanceof ExpectedError) throw cause;
    throw openFailure(path, cause);
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const version = pragma(database, 'user_version');
  if (version > schemaVersion) {
    throw new ExpectedError({
      code: 'PROJECT_NEWER',
      message: `The project was last written by a newer Parenchyma (database version ${version}, this program knows ${schemaVersion}).`,
      remedy: 'Open it with that version, or update this one.',
    });
  }
  if (version > 0 && pragma(database, 'application_id') !== applicationId) throw damaged(path, undefined);
  for (let next = version; next < schemaVersion; next++) {
    inTransaction(database, () => {
      database.exec(migrations[next]!);
      database.exec(`PRAGMA user_version = ${next + 1}; PRAGMA application_id = ${applicationId};`);
    });
  }
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** Runs `work` in one immediate transaction; rolls back and throws on when it throws. Not nestable. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back by itself; a second time would hide why.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** SQLite's primary result codes. */
const sqliteBusy = 5;
const sqliteReadOnly = 8;
const sqliteDiskError = 10;
const sqliteFull = 13;
const sqliteCannotOpen = 14;

function openFailure(path: string, cause: unknown): ExpectedError {
  const code =
    cause instanceof Error && 'errcode' in cause && typeof cause.errcode === 'number' ? cause.errcode & 0xff : 0;
  if (code === sqliteBusy) {
    return new ExpectedError(
      {
        code: 'PROJECT_LOCKED',
        message: 'Another Parenchyma has this project open.',
        remedy: 'Close it there first: two programs never write one project at the same time.',
      },
      { cause },
    );
  }
  if (code === sqliteFull) {
    return new ExpectedError(
      {
        code: 'PATH_NOT_WRITABLE',
        message: 'The disk is full.',
        remedy: 'Free some space where the project lies and open it again.',
      },
      { cause },
    );
  }
  // In a folder that is read-only, SQLite's own files beside the database cannot be made, which it calls a disk error.
  const refused = code === sqliteReadOnly || code === sqliteCannotOpen;
  if (refused || (code === sqliteDiskError && !isWritable(dirname(path)))) {
    return new ExpectedError(
      {
        code: 'PATH_NOT_WRITABLE',
        message: `The project's database ${path} cannot be opened for writing.`,
        remedy: 'Ask for permission to write there, or copy the project folder to a place where you may.',
      },
      { cause },
    );
  }
  return damaged(path, cause);
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function damaged(path: string, cause: unknown): ExpectedError {
  return new ExpectedError(
    {
      code: 'PROJECT_DAMAGED',
      message: `The project's database ${path} cannot be read${cause instanceof Error ? ` (${cause.message})` : ''}.`,
      remedy: 'Restore the project folder from a copy. The original images are not affected.',
    },
    { cause },
  );
}
