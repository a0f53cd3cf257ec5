import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { frozenPointSchema, type FrozenPoint } from '../../src-shared/contract/evaluation.ts';

const rowSchema = z.object({
  threshold: z.number(),
  rule: z.string(),
  chosen_on: z.string(),
  frozen_by: z.string(),
  reason: z.string(),
  at: z.string(),
});

/** The append-only history of frozen operating points. */
export function createOperatingPointStore(database: DatabaseSync) {
  return {
    /** Oldest first; the last is in force. */
    frozenPoints(run: string): FrozenPoint[] {
      return database
        .prepare(
          'SELECT threshold, rule, chosen_on, frozen_by, reason, at FROM operating_points WHERE run_id = ? ORDER BY id',
        )
        .all(run)
        .map((row) => rowSchema.parse(row))
        .map(({ threshold, rule, chosen_on, frozen_by, reason, at }) =>
          frozenPointSchema.parse({ threshold, rule, chosenOn: chosen_on, frozenBy: frozen_by, reason, at }),
        );
    },

    recordFrozenPoint(run: string, point: FrozenPoint): void {
      database
        .prepare(
          'INSERT INTO operating_points (run_id, threshold, rule, chosen_on, frozen_by, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(run, point.threshold, point.rule, point.chosenOn, point.frozenBy, point.reason, point.at);
    },
  };
}
