import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Thumbnails of 100,000 images take about half of it. */
export const pictureCacheBytes = 1024 ** 3;

/** When it is full, the pictures that were not looked at for longest go until this share is left. */
const keptShare = 0.9;

const schema = `
CREATE TABLE IF NOT EXISTS pictures (
  -- What the picture was made of, by content: hash of the file, frame, and how it was made.
  key TEXT PRIMARY KEY,
  bytes BLOB NOT NULL,
  size INTEGER NOT NULL,
  -- Counts uses, not time.
  used INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS pictures_used ON pictures (used);
`;

export interface PictureCache {
  get(key: string): Uint8Array | null;
  put(key: string, bytes: Uint8Array): void;
  /** Bytes of all pictures in it. */
  size(): number;
  close(): void;
}

/**
 * Pictures that can be made again, in one file below the project's cache folder, kept to a size. Nothing here is waited for to reach
 * the disk; a file that was damaged by a crash is thrown away and begun anew. A full or read-only disk makes it a cache of nothing.
 */
export function createPictureCache(directory: string, limitBytes: number = pictureCacheBytes): PictureCache {
  const database = openCache(join(directory, 'pictures.sqlite'), directory);
  if (database === null) return { get: () => null, put: () => {}, size: () => 0, close: () => {} };
  const find = database.prepare('SELECT bytes FROM pictures WHERE key = ?');
  const touch = database.prepare('UPDATE pictures SET used = ? WHERE key = ?');
  const add = database.prepare('INSERT OR REPLACE INTO pictures (key, bytes, size, used) VALUES (?, ?, ?, ?)');
  const sum = (): number => Number(database.prepare('SELECT coalesce(sum(size), 0) AS n FROM pictures').get()?.n);
  let clock = Number(database.prepare('SELECT coalesce(max(used), 0) AS n FROM pictures').get()?.n);
  let size = sum();
  /** Uses since the last write, by key; written together. */
  const uses = new Map<string, number>();

  function noteUses(): void {
    for (const [key, at] of uses) touch.run(at, key);
    uses.clear();
  }

  function makeRoom(): void {
    const oldest = database!.prepare('SELECT key, size FROM pictures ORDER BY used').all();
    const drop = database!.prepare('DELETE FROM pictures WHERE key = ?');
    for (const row of oldest) {
      if (size <= keptShare * limitBytes) break;
      drop.run(String(row.key));
      size -= Number(row.size);
    }
  }

  return {
    get(key) {
      const bytes = tried(() => find.get(key)?.bytes);
      if (!(bytes instanceof Uint8Array)) return null;
      uses.set(key, ++clock);
      return bytes;
    },
    put(key, bytes) {
      if (bytes.length > limitBytes / 4) return;
      tried(() => {
        database.exec('BEGIN');
        noteUses();
        add.run(key, bytes, bytes.length, ++clock);
        size += bytes.length;
        if (size > limitBytes) {
          size = sum();
          makeRoom();
        }
        database.exec('COMMIT');
      }, database);
    },
    size: () => size,
    close() {
      tried(noteUses);
      database.close();
    },
  };
}

/** What fails in a cache is as if it had not been asked. */
function tried<T>(work: () => T, open: DatabaseSync | null = null): T | null {
  try {
    return work();
  } catch {
    if (open?.isTransaction === true) open.exec('ROLLBACK');
    return null;
  }
}

function openCache(file: string, directory: string): DatabaseSync | null {
  for (const attempt of ['as it is', 'anew']) {
    let database: DatabaseSync | null = null;
    try {
      mkdirSync(directory, { recursive: true });
      if (attempt === 'anew') for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
      database = new DatabaseSync(file);
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; ${schema}`);
      database.prepare('SELECT count(*) FROM pictures').get();
      return database;
    } catch {
      database?.close();
    }
  }
  return null;
}
