import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  examplesSchema,
  runEventSchema,
  type Examples,
  type Queue,
  type RunEvent,
} from '../../src-shared/contract/queue.ts';
import { planSchema, type Plan } from '../training/index.ts';
import { inTransaction } from './database.ts';

const waitingSchema = z.object({ run: z.string(), resume: z.number() });

/** Runs that wait, on which images each run is trained, and what happened to it. */
export function createRunQueueStore(database: DatabaseSync) {
  const waiting = () =>
    database
      .prepare('SELECT run_id AS run, resume FROM run_queue ORDER BY place')
      .all()
      .map((row) => waitingSchema.parse(row))
      .map(({ run, resume }) => ({ run, resume: resume === 1 }));

  const placeAt = (order: 'min' | 'max'): number =>
    Number(database.prepare(`SELECT coalesce(${order}(place), 0) AS place FROM run_queue`).get()?.place);

  const insert = (run: string, place: number, resume: boolean) =>
    database
      .prepare('INSERT OR REPLACE INTO run_queue (run_id, place, resume) VALUES (?, ?, ?)')
      .run(run, place, resume ? 1 : 0);

  return {
    /** In the order in which they come. */
    waiting,
    positions: (): Queue['waiting'] => waiting().map(({ run }, index) => ({ run, position: index + 1 })),
    append: (run: string): void => void insert(run, placeAt('max') + 1, false),
    /** As the next one. */
    prepend: (run: string, resume: boolean): void => void insert(run, placeAt('min') - 1, resume),
    remove: (run: string): void => void database.prepare('DELETE FROM run_queue WHERE run_id = ?').run(run),

    /** @param position 1 is the next one; beyond the end means the last */
    move(run: string, position: number): void {
      inTransaction(database, () => {
        const rows = waiting();
        const moved = rows.find((one) => one.run === run);
        if (moved === undefined) return;
        const others = rows.filter((one) => one.run !== run);
        others.splice(Math.max(0, position - 1), 0, moved);
        others.forEach((one, place) => insert(one.run, place + 1, one.resume));
      });
    },

    savePlan(run: string, plan: Plan): void {
      database.prepare('INSERT OR REPLACE INTO run_plans (run_id, plan) VALUES (?, ?)').run(run, JSON.stringify(plan));
    },

    plan(run: string): Plan | null {
      const row = database.prepare('SELECT plan FROM run_plans WHERE run_id = ?').get(run);
      return row ? planSchema.parse(JSON.parse(String(row.plan))) : null;
    },

    addEvent(run: string, words: string): void {
      database
        .prepare('INSERT INTO run_events (run_id, at, words) VALUES (?, ?, ?)')
        .run(run, new Date().toISOString(), words);
    },

    /** Oldest first. */
    events: (run: string): RunEvent[] =>
      database
        .prepare('SELECT at, words FROM run_events WHERE run_id = ? ORDER BY id')
        .all(run)
        .map((row) => runEventSchema.parse({ ...row })),

    saveExamples(run: string, { epoch, examples }: Examples): void {
      database
        .prepare('INSERT OR REPLACE INTO run_examples (run_id, epoch, examples) VALUES (?, ?, ?)')
        .run(run, epoch, JSON.stringify(examples));
    },

    examples(run: string): Examples | null {
      const row = database.prepare('SELECT epoch, examples FROM run_examples WHERE run_id = ?').get(run);
      return row ? examplesSchema.parse({ epoch: row.epoch, examples: JSON.parse(String(row.examples)) }) : null;
    },

    /** What readers or the test set have relied on of a run's present model; empty where it may still change. */
    reliedOn(run: string): string[] {
      const has = (sql: string) => database.prepare(`SELECT EXISTS (${sql}) AS there`).get(run)?.there === 1;
      return [
        ...(has('SELECT 1 FROM test_openings WHERE run_id = ?') ? ['the test set was opened with it'] : []),
        ...(has('SELECT 1 FROM reviews WHERE run_id = ?') ? ['readers have judged its predictions'] : []),
        ...(has('SELECT 1 FROM operating_points WHERE run_id = ?') ? ['its operating point is frozen'] : []),
        ...(has('SELECT 1 FROM model_in_use WHERE run_id = ? AND id = (SELECT max(id) FROM model_in_use)')
          ? ['it is the model in use']
          : []),
      ];
    },

    /** Figures and predictions of a model that is about to change; they are made again when they are asked for. */
    forgetFigures(run: string): void {
      inTransaction(database, () => {
        for (const table of ['predictions', 'evaluations', 'audits']) {
          database.prepare(`DELETE FROM ${table} WHERE run_id = ?`).run(run);
        }
      });
    },
  };
}
