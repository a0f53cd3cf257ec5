/** What the table of runs and a run by itself read alike. */
import { z } from 'zod';
import { failureSchema } from '../../src-shared/contract/errors.ts';
import { runStateSchema, type RunSummary } from '../../src-shared/contract/runs.ts';
import { runConfigurationSchema, type EpochRecord } from '../../src-shared/contract/training.ts';

/** Columns of `runs` that every reading of it asks for. */
export const commonColumns = 'number, id, state, created_at, ended_at, configuration, failure';

export const commonRowSchema = z.object({
  number: z.number(),
  id: z.string(),
  state: runStateSchema,
  created_at: z.string(),
  ended_at: z.string().nullable(),
  configuration: z.string(),
  failure: z.string().nullable(),
});

/** `best` is the record of the kept epoch. */
export function summaryOf(
  row: z.infer<typeof commonRowSchema>,
  { epochsDone, best }: { epochsDone: number; best: EpochRecord | null },
): RunSummary {
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    configuration: runConfigurationSchema.parse(JSON.parse(row.configuration)),
    epochsDone,
    best: best && { epoch: best.epoch, validation: best.validation },
    failure: row.failure === null ? null : failureSchema.parse(JSON.parse(row.failure)),
  };
}
