import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { ModelUse, Removal, RunRow } from '../../src-shared/contract/runRecords.ts';
import { epochRecordSchema, runConfigurationSchema } from '../../src-shared/contract/training.ts';
import { backendNameSchema } from '../../src-shared/contract/vocabulary.ts';
import type { EarlierSpeed } from '../training/index.ts';
import { inTransaction } from './database.ts';
import { commonColumns, commonRowSchema, summaryOf } from './runRow.ts';

const rowSchema = commonRowSchema.extend({
  device: z.string().nullable(),
  opened: z.number(),
  snapshot_sha256: z.string().nullable(),
  epochs_done: z.number(),
  seconds: z.number().nullable(),
  best: z.string().nullable(),
  tested: z.number(),
  note: z.string(),
  archived_at: z.string().nullable(),
});

const useSchema = z.object({
  run: z.string().nullable(),
  author: z.string(),
  reason: z.string(),
  tested: z.number(),
  at: z.string(),
});

/** Everything a line of the table shows, read without the epochs: hundreds of runs take milliseconds. */
const rowsQuery = `
SELECT ${commonColumns},
  json_extract(backend, '$.device') AS device, snapshot_id IS NULL AS opened,
  (SELECT sha256 FROM snapshots WHERE id = snapshot_id) AS snapshot_sha256,
  (SELECT count(*) FROM epochs WHERE run_id = runs.id) AS epochs_done,
  (SELECT sum(json_extract(record, '$.seconds')) FROM epochs WHERE run_id = runs.id) AS seconds,
  (SELECT record FROM epochs WHERE run_id = runs.id AND json_extract(record, '$.best') = 1 ORDER BY epoch DESC LIMIT 1) AS best,
  EXISTS (SELECT 1 FROM evaluations WHERE run_id = runs.id AND set_name = 'test') AS tested,
  coalesce(note, '') AS note, archived_at
FROM runs LEFT JOIN run_remarks ON run_remarks.run_id = runs.id
ORDER BY number`;

const speedSchema = z.object({
  number: z.number(),
  configuration: z.string(),
  backend: backendNameSchema,
  device: z.string(),
  imagesPerSecond: z.number(),
});

/** Of a model that was opened nothing is known; its one epoch took no time. */
const speedsQuery = `
SELECT number, configuration, json_extract(backend, '$.backend') AS backend, json_extract(backend, '$.device') AS device,
  json_extract(record, '$.imagesPerSecond') AS imagesPerSecond
FROM runs JOIN epochs ON run_id = runs.id AND epoch = (SELECT max(epoch) FROM epochs WHERE run_id = runs.id)
WHERE backend IS NOT NULL AND snapshot_id IS NOT NULL
ORDER BY number DESC LIMIT 50`;

/** Remarks on runs, the table of all runs, and which model is in use since when. */
export function createRunRecordStore(database: DatabaseSync) {
  const tagsByRun = (): Map<string, string[]> => {
    const rows = database.prepare('SELECT run_id, tag FROM run_tags ORDER BY run_id, tag').all();
    return rows.reduce((tags, row) => {
      const run = String(row.run_id);
      return tags.set(run, [...(tags.get(run) ?? []), String(row.tag)]);
    }, new Map<string, string[]>());
  };

  const countIn = (table: string, run: string): number =>
    Number(database.prepare(`SELECT count(*) AS n FROM ${table} WHERE run_id = ?`).get(run)?.n);

  const history = (): ModelUse[] =>
    database
      .prepare('SELECT run_id AS run, author, reason, tested, at FROM model_in_use ORDER BY id DESC')
      .all()
      .map((row) => useSchema.parse(row))
      .map((row) => ({ ...row, tested: row.tested === 1 }));

  return {
    rows(): RunRow[] {
      const tags = tagsByRun();
      return database
        .prepare(rowsQuery)
        .all()
        .map((row) => toRow(rowSchema.parse(row), tags));
    },

    count: (): number => Number(database.prepare('SELECT count(*) AS n FROM runs').get()?.n),

    /** How fast runs were at their last epoch, the latest first. */
    speeds(): EarlierSpeed[] {
      return database
        .prepare(speedsQuery)
        .all()
        .map((row) => speedSchema.parse(row))
        .map((row) => ({ ...row, configuration: runConfigurationSchema.parse(JSON.parse(row.configuration)) }));
    },

    /** Remembers which version of the program started a run. */
    begin(run: string, softwareVersion: string): void {
      database
        .prepare(
          `INSERT INTO run_remarks (run_id, software_version) VALUES (?, ?)
           ON CONFLICT (run_id) DO UPDATE SET software_version = excluded.software_version`,
        )
        .run(run, softwareVersion);
    },

    /** Version that started the run; null where it is not on record. */
    softwareVersion(run: string): string | null {
      const row = database.prepare('SELECT software_version AS version FROM run_remarks WHERE run_id = ?').get(run);
      return typeof row?.version === 'string' ? row.version : null;
    },

    /** What is undefined stays as it is. */
    annotate(run: string, { note, tags }: { note?: string | undefined; tags?: readonly string[] | undefined }): void {
      inTransaction(database, () => {
        if (note !== undefined) {
          database
            .prepare(
              'INSERT INTO run_remarks (run_id, note) VALUES (?, ?) ON CONFLICT (run_id) DO UPDATE SET note = excluded.note',
            )
            .run(run, note);
        }
        if (tags === undefined) return;
        database.prepare('DELETE FROM run_tags WHERE run_id = ?').run(run);
        const insert = database.prepare('INSERT INTO run_tags (run_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING');
        for (const tag of tags) insert.run(run, tag);
      });
    },

    /** `at` null lists the runs again. */
    archive(runs: readonly string[], at: string | null): void {
      inTransaction(database, () => {
        const set = database.prepare(
          `INSERT INTO run_remarks (run_id, archived_at) VALUES (?, ?)
           ON CONFLICT (run_id) DO UPDATE SET archived_at = excluded.archived_at`,
        );
        for (const run of runs) set.run(run, at);
      });
    },

    /** Latest first. */
    uses: history,

    use(entry: ModelUse): void {
      database
        .prepare('INSERT INTO model_in_use (run_id, author, reason, tested, at) VALUES (?, ?, ?, ?, ?)')
        .run(entry.run, entry.author, entry.reason, entry.tested ? 1 : 0, entry.at);
    },

    /** What of a run is in the database and goes with it, and what stays on record. */
    countsOf(run: string): { removed: Omit<Removal['removed'], 'files' | 'bytes'>; remains: Removal['remains'] } {
      const inReports = database
        .prepare('SELECT count(*) AS n FROM reports WHERE EXISTS (SELECT 1 FROM json_each(runs) WHERE value = ?)')
        .get(run);
      return {
        removed: {
          epochs: countIn('epochs', run),
          predictions: countIn('predictions', run),
          evaluations: countIn('evaluations', run),
          audits: countIn('audits', run),
        },
        remains: {
          testOpenings: countIn('test_openings', run),
          operatingPoints: countIn('operating_points', run),
          reviews: countIn('reviews', run),
          reports: Number(inReports?.n),
        },
      };
    },
  };
}

function toRow(row: z.infer<typeof rowSchema>, tags: ReadonlyMap<string, string[]>): RunRow {
  const best = row.best === null ? null : epochRecordSchema.parse(JSON.parse(row.best));
  return {
    ...summaryOf(row, { epochsDone: row.epochs_done, best }),
    note: row.note,
    tags: tags.get(row.id) ?? [],
    archivedAt: row.archived_at,
    device: row.device,
    trainedSeconds: row.opened === 1 ? null : (row.seconds ?? 0),
    snapshotSha256: row.snapshot_sha256,
    origin: row.opened === 1 ? 'opened' : 'trained',
    tested: row.tested === 1,
  };
}
