import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  comparisonStudyRecordSchema,
  comparisonStudyRequestSchema,
  comparisonStudyStateSchema,
  type ComparisonStudyRecord,
  type ComparisonStudyRequest,
  type ComparisonStudyState,
} from '../../src-shared/contract/comparisonStudy.ts';
import { failureSchema, type Failure } from '../../src-shared/contract/errors.ts';

const rowSchema = z.object({
  number: z.number(),
  id: z.string(),
  state: comparisonStudyStateSchema,
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  request: z.string().transform((text) => comparisonStudyRequestSchema.parse(JSON.parse(text))),
  snapshotSha256: z.string(),
  record: z.string().transform((text) => comparisonStudyRecordSchema.parse(JSON.parse(text))),
  failure: z
    .string()
    .transform((text) => failureSchema.parse(JSON.parse(text)))
    .nullable(),
});
export type StoredStudy = z.infer<typeof rowSchema>;

const select = `SELECT number, id, state, created_at AS createdAt, ended_at AS endedAt, request, snapshot_sha256 AS snapshotSha256, record,
  failure FROM comparison_studies`;

/** Comparisons of architectures. */
export function createComparisonStudyStore(database: DatabaseSync) {
  const list = (): StoredStudy[] =>
    database
      .prepare(`${select} ORDER BY number`)
      .all()
      .map((row) => rowSchema.parse(row));

  return {
    create(request: ComparisonStudyRequest, snapshotSha256: string, record: ComparisonStudyRecord, at: string): string {
      const row = database.prepare('SELECT coalesce(max(number), 0) + 1 AS number FROM comparison_studies').get();
      const id = `study-${Number(row?.number)}`;
      database
        .prepare(
          `INSERT INTO comparison_studies (id, state, created_at, request, snapshot_sha256, record)
           VALUES (?, 'running', ?, ?, ?, ?)`,
        )
        .run(id, at, JSON.stringify(request), snapshotSha256, JSON.stringify(record));
      return id;
    },
    list,
    study: (id: string): StoredStudy | null => list().find((one) => one.id === id) ?? null,
    /** The study that a run was trained or selected in. */
    ofRun: (run: string): StoredStudy | null =>
      list().findLast(({ record }) => record.arms.some((arm) => arm.runs.some((one) => one.run === run))) ?? null,
    setRecord(id: string, record: ComparisonStudyRecord): void {
      database.prepare('UPDATE comparison_studies SET record = ? WHERE id = ?').run(JSON.stringify(record), id);
    },
    setState(id: string, state: ComparisonStudyState, change: { endedAt?: string; failure?: Failure } = {}): void {
      database
        .prepare('UPDATE comparison_studies SET state = ?, ended_at = ?, failure = ? WHERE id = ?')
        .run(state, change.endedAt ?? null, change.failure ? JSON.stringify(change.failure) : null, id);
    },
    /** Studies that were under way when the program ended; called once when a project is opened. */
    markInterrupted(): void {
      database.exec("UPDATE comparison_studies SET state = 'interrupted' WHERE state = 'running'");
    },
    remove(id: string): void {
      database.prepare('DELETE FROM comparison_studies WHERE id = ?').run(id);
    },
  };
}
