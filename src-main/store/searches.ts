import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { failureSchema, type Failure } from '../../src-shared/contract/errors.ts';
import {
  searchRequestSchema,
  searchStateSchema,
  trialChoiceSchema,
  trialStateSchema,
  type SearchRequest,
  type SearchState,
  type SearchSummary,
  type Trial,
} from '../../src-shared/contract/search.ts';
import { epochRecordSchema, runConfigurationSchema, type EpochRecord } from '../../src-shared/contract/training.ts';
import { scoreUntil, type TrialStore } from '../training/search/index.ts';
import type { Snapshot } from '../training/index.ts';
import { inTransaction } from './database.ts';

const parsed = <Schema extends z.ZodType>(schema: Schema) =>
  z.string().transform((text): z.infer<Schema> => schema.parse(JSON.parse(text)));

const searchRowSchema = z.object({
  number: z.number(),
  id: z.string(),
  state: searchStateSchema,
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  request: parsed(searchRequestSchema),
  spentSeconds: z.number(),
  failure: parsed(failureSchema).nullable(),
  snapshotSha256: z.string(),
  trials: z.number(),
});

const trialRowSchema = z.object({
  number: z.number(),
  state: trialStateSchema,
  choice: parsed(trialChoiceSchema),
  configuration: parsed(runConfigurationSchema),
  targetEpoch: z.number(),
  attempts: z.number(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  failure: parsed(failureSchema).nullable(),
  run: z.string().nullable(),
});

const trialColumns = `number, state, choice, configuration, target_epoch AS targetEpoch, attempts, started_at AS startedAt,
  ended_at AS endedAt, failure, run_id AS run`;
const searchSelect = `SELECT searches.number, searches.id, searches.state, searches.created_at AS createdAt, searches.ended_at AS endedAt,
  searches.request, searches.spent_seconds AS spentSeconds, searches.failure, snapshots.sha256 AS snapshotSha256,
  (SELECT count(*) FROM trials WHERE trials.search_id = searches.id) AS trials
FROM searches JOIN snapshots ON snapshots.id = searches.snapshot_id`;

/** What the database says of a search; the rest of its summary follows from it. */
export type StoredSearch = Omit<SearchSummary, 'rungs' | 'trialsPlanned' | 'best'>;

/** Searches and their trials. */
export function createSearchStore(database: DatabaseSync) {
  const records = (search: string, trial: number): EpochRecord[] =>
    database
      .prepare('SELECT record FROM trial_epochs WHERE search_id = ? AND trial = ? ORDER BY epoch')
      .all(search, trial)
      .map((row) => epochRecordSchema.parse(JSON.parse(String(row.record))));

  const trials = (search: string): Trial[] =>
    database
      .prepare(`SELECT ${trialColumns} FROM trials WHERE search_id = ? ORDER BY number`)
      .all(search)
      .map((row) => {
        const trial = trialRowSchema.parse(row);
        const known = records(search, trial.number);
        return { ...trial, epochsDone: known.at(-1)?.epoch ?? 0, best: bestOf(known) };
      });

  return {
    create(request: SearchRequest, snapshot: Snapshot, at: string): string {
      return inTransaction(database, () => {
        database
          .prepare('INSERT INTO snapshots (sha256, created_at, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
          .run(snapshot.sha256, at, snapshot.document);
        const row = database.prepare('SELECT coalesce(max(number), 0) + 1 AS number FROM searches').get();
        const number = Number(row?.number);
        const id = `search-${number}`;
        database
          .prepare(
            `INSERT INTO searches (number, id, state, created_at, request, snapshot_id)
             VALUES (?, ?, 'running', ?, ?, (SELECT id FROM snapshots WHERE sha256 = ?))`,
          )
          .run(number, id, at, JSON.stringify(request), snapshot.sha256);
        return id;
      });
    },

    setState(id: string, state: SearchState, change: { endedAt?: string | null; failure?: Failure | null } = {}): void {
      const { endedAt = null, failure = null } = change;
      database
        .prepare('UPDATE searches SET state = ?, ended_at = ?, failure = ? WHERE id = ?')
        .run(state, endedAt, failure === null ? null : JSON.stringify(failure), id);
    },

    /** Searches that were under way when the program ended; called once when a project is opened. */
    markInterrupted(): void {
      database.exec("UPDATE searches SET state = 'interrupted' WHERE state = 'running'");
    },

    list(): StoredSearch[] {
      return database
        .prepare(`${searchSelect} ORDER BY searches.number`)
        .all()
        .map((row) => searchRowSchema.parse(row));
    },

    search(id: string): StoredSearch | null {
      const row = database.prepare(`${searchSelect} WHERE searches.id = ?`).get(id);
      return row === undefined ? null : searchRowSchema.parse(row);
    },

    trials,
    records,

    snapshot(id: string): Snapshot | null {
      const row = database
        .prepare(
          'SELECT sha256, document FROM snapshots JOIN searches ON snapshots.id = snapshot_id WHERE searches.id = ?',
        )
        .get(id);
      return row === undefined ? null : { sha256: String(row.sha256), document: String(row.document) };
    },

    /** Trials that will not go on. */
    stopUnfinished(id: string, at: string): void {
      database
        .prepare(
          "UPDATE trials SET state = 'stopped', ended_at = ? WHERE search_id = ? AND state IN ('waiting', 'paused', 'running')",
        )
        .run(at, id);
    },

    setRun(id: string, trial: number, run: string): void {
      database.prepare('UPDATE trials SET run_id = ? WHERE search_id = ? AND number = ?').run(run, id, trial);
    },

    /** The search and the trial that a run was made of. */
    ofRun(run: string): { search: string; trial: number } | null {
      const row = database.prepare('SELECT search_id, number FROM trials WHERE run_id = ?').get(run);
      return row === undefined ? null : { search: String(row.search_id), trial: Number(row.number) };
    },

    remove(id: string): void {
      database.prepare('DELETE FROM searches WHERE id = ?').run(id);
    },

    /** Trials of one search, as the search itself writes them. */
    trialStore(id: string): TrialStore {
      return {
        trials: () => trials(id),
        records: (number) => records(id, number),
        add(number, choice, configuration, targetEpoch) {
          database
            .prepare(
              `INSERT INTO trials (search_id, number, state, choice, configuration, target_epoch) VALUES (?, ?, 'waiting', ?, ?, ?)`,
            )
            .run(id, number, JSON.stringify(choice), JSON.stringify(configuration), targetEpoch);
        },
        change(number, change) {
          database
            .prepare(
              `UPDATE trials SET state = coalesce(?, state), target_epoch = coalesce(?, target_epoch), attempts = coalesce(?, attempts),
                 started_at = coalesce(?, started_at), ended_at = coalesce(?, ended_at), failure = ? WHERE search_id = ? AND number = ?`,
            )
            .run(
              change.state ?? null,
              change.targetEpoch ?? null,
              change.attempts ?? null,
              change.startedAt ?? null,
              change.endedAt ?? null,
              change.failure ? JSON.stringify(change.failure) : null,
              id,
              number,
            );
        },
        addEpoch(number, record) {
          database
            .prepare('INSERT OR REPLACE INTO trial_epochs (search_id, trial, epoch, record) VALUES (?, ?, ?, ?)')
            .run(id, number, record.epoch, JSON.stringify(record));
        },
        addSpent(seconds) {
          database.prepare('UPDATE searches SET spent_seconds = spent_seconds + ? WHERE id = ?').run(seconds, id);
        },
        spentSeconds() {
          const row = database.prepare('SELECT spent_seconds FROM searches WHERE id = ?').get(id);
          return Number(row?.spent_seconds ?? 0);
        },
      };
    },
  };
}

function bestOf(records: readonly EpochRecord[]): Trial['best'] {
  const score = scoreUntil(records, Number.POSITIVE_INFINITY);
  const record = score === null ? undefined : records.find(({ epoch }) => epoch === score.epoch);
  return record === undefined ? null : { epoch: record.epoch, validation: record.validation };
}
