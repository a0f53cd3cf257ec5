import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import { metricsDocumentSchema, type MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { RunDetail, RunState, RunSummary } from '../../src-shared/contract/runs.ts';
import {
  backendInfoSchema,
  epochRecordSchema,
  modelCardSchema,
  runConfigurationSchema,
  type EpochRecord,
  type ModelCard,
  type RunConfiguration,
} from '../../src-shared/contract/training.ts';
import type { RunChange, Snapshot } from '../training/index.ts';
import { inTransaction } from './database.ts';
import { commonColumns, commonRowSchema, summaryOf } from './runRow.ts';

const rowSchema = commonRowSchema.extend({
  backend: z.string().nullable(),
  card: z.string().nullable(),
  peak_memory_bytes: z.number().nullable(),
});
type Row = z.infer<typeof rowSchema>;
type SqlRow = Record<string, SQLOutputValue>;

const columns = `${commonColumns}, backend, card, peak_memory_bytes`;

/** A run as the database knows it. */
export type StoredRun = Omit<RunDetail, 'checkpoints' | 'history'>;

/** Runs, their epochs and their snapshots. */
export function createRunStore(database: DatabaseSync) {
  const one = (id: string): Row | null => {
    const row = database.prepare(`SELECT ${columns} FROM runs WHERE id = ?`).get(id);
    return row ? rowSchema.parse(row) : null;
  };

  const epochs = (run: string): EpochRecord[] =>
    database
      .prepare('SELECT record FROM epochs WHERE run_id = ? ORDER BY epoch')
      .all(run)
      .map((row) => epochRecordSchema.parse(json(row, 'record')));

  const summary = (row: Row): RunSummary => {
    const records = epochs(row.id);
    return summaryOf(row, { epochsDone: records.length, best: records.findLast((record) => record.best) ?? null });
  };

  const document = (run: string, set: string): MetricsDocument | null => {
    const row = database.prepare('SELECT document FROM evaluations WHERE run_id = ? AND set_name = ?').get(run, set);
    return row ? metricsDocumentSchema.parse(json(row, 'document')) : null;
  };

  /** A deleted run's number stays taken when its opening of the test set, a review of it or its use is on record. */
  const nextNumber = (): number => {
    const next = database.prepare('SELECT coalesce(max(number), 0) + 1 AS number FROM runs').get();
    const opened = database
      .prepare(
        `SELECT coalesce(max(CAST(substr(run_id, 5) AS INTEGER)), 0) + 1 AS number
         FROM (SELECT run_id FROM test_openings UNION ALL SELECT run_id FROM reviews UNION ALL SELECT run_id FROM model_in_use)`,
      )
      .get();
    return Math.max(Number(next?.number), Number(opened?.number));
  };

  return {
    createRun(
      configuration: RunConfiguration,
      snapshot: Snapshot,
      at: string,
      state: 'preparing' | 'queued' = 'preparing',
    ): { id: string; number: number } {
      return inTransaction(database, () => {
        database
          .prepare(
            'INSERT INTO snapshots (sha256, created_at, document) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING',
          )
          .run(snapshot.sha256, at, snapshot.document);
        const number = nextNumber();
        const id = `run-${number}`;
        database
          .prepare(
            `INSERT INTO runs (number, id, state, created_at, configuration, snapshot_id)
             VALUES (?, ?, ?, ?, ?, (SELECT id FROM snapshots WHERE sha256 = ?))`,
          )
          .run(number, id, state, at, JSON.stringify(configuration), snapshot.sha256);
        return { id, number };
      });
    },

    /**
     * A model from elsewhere as a finished run without a snapshot: its images are not known here. `place` puts its files where
     * they belong before the run is on record.
     */
    async importRun(card: ModelCard, at: string, place: (run: string) => Promise<void>): Promise<string> {
      const number = nextNumber();
      const id = `run-${number}`;
      await place(id);
      const record: EpochRecord = {
        epoch: card.epoch,
        training: { loss: null, accuracy: null },
        validation: card.validation,
        learningRate: card.configuration.learningRate,
        seconds: 0,
        imagesPerSecond: 0,
        etaSeconds: null,
        best: true,
      };
      inTransaction(database, () => {
        database
          .prepare(
            `INSERT INTO runs (number, id, state, created_at, ended_at, configuration, backend, card)
             VALUES (?, ?, 'finished', ?, ?, ?, ?, ?)`,
          )
          .run(
            number,
            id,
            at,
            at,
            JSON.stringify(card.configuration),
            JSON.stringify(card.backend),
            JSON.stringify(card),
          );
        database
          .prepare('INSERT INTO epochs (run_id, epoch, record) VALUES (?, ?, ?)')
          .run(id, record.epoch, JSON.stringify(record));
      });
      return id;
    },

    setRunState(run: string, state: RunState, change: RunChange = {}): void {
      database
        .prepare(
          `UPDATE runs SET state = ?, ended_at = coalesce(?, ended_at), backend = coalesce(?, backend),
             card = coalesce(?, card), peak_memory_bytes = coalesce(?, peak_memory_bytes), failure = coalesce(?, failure)
           WHERE id = ?`,
        )
        .run(
          state,
          change.endedAt ?? null,
          change.backend ? JSON.stringify(change.backend) : null,
          change.card ? JSON.stringify(change.card) : null,
          change.peakMemoryBytes === undefined ? null : Math.round(change.peakMemoryBytes),
          change.failure ? JSON.stringify(change.failure) : null,
          run,
        );
    },

    /** An ended run waits for its turn to go on; what stood in its way is no longer said. */
    waitAgain(run: string): void {
      database.prepare("UPDATE runs SET state = 'queued', ended_at = NULL, failure = NULL WHERE id = ?").run(run);
    },

    configuration(run: string): RunConfiguration {
      const row = database.prepare('SELECT configuration FROM runs WHERE id = ?').get(run);
      return runConfigurationSchema.parse(JSON.parse(String(row?.configuration)));
    },

    saveConfiguration(run: string, configuration: RunConfiguration): void {
      database.prepare('UPDATE runs SET configuration = ? WHERE id = ?').run(JSON.stringify(configuration), run);
    },

    addEpoch(run: string, record: EpochRecord): void {
      database
        .prepare('INSERT OR REPLACE INTO epochs (run_id, epoch, record) VALUES (?, ?, ?)')
        .run(run, record.epoch, JSON.stringify(record));
    },

    /** Runs that were under way when the program ended; called once when a project is opened. */
    markInterrupted(at: string): void {
      database
        .prepare(
          `INSERT INTO run_events (run_id, at, words)
           SELECT id, ?, 'The program ended while the run was under way.' FROM runs WHERE state IN ('preparing', 'training')`,
        )
        .run(at);
      database
        .prepare("UPDATE runs SET state = 'interrupted', ended_at = ? WHERE state IN ('preparing', 'training')")
        .run(at);
    },

    runs(): RunSummary[] {
      return database
        .prepare(`SELECT ${columns} FROM runs ORDER BY number`)
        .all()
        .map((row) => summary(rowSchema.parse(row)));
    },

    run(id: string): StoredRun | null {
      const row = one(id);
      if (!row) return null;
      return {
        ...summary(row),
        backend: row.backend === null ? null : backendInfoSchema.parse(JSON.parse(row.backend)),
        epochs: epochs(id),
        peakMemoryBytes: row.peak_memory_bytes,
        validation: document(id, 'validation'),
        test: document(id, 'test'),
      };
    },

    card(id: string): ModelCard | null {
      const card = one(id)?.card ?? null;
      return card === null ? null : modelCardSchema.parse(JSON.parse(card));
    },

    snapshot(id: string): string | null {
      const row = database
        .prepare(
          'SELECT snapshots.document FROM runs JOIN snapshots ON snapshots.id = runs.snapshot_id WHERE runs.id = ?',
        )
        .get(id);
      return row ? String(row.document) : null;
    },

    remove(id: string): void {
      database.prepare('DELETE FROM runs WHERE id = ?').run(id);
    },
  };
}

function json(row: SqlRow, column: string): unknown {
  return JSON.parse(String(row[column]));
}
