import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { runConfigurationSchema, type RunConfiguration } from '../../src-shared/contract/training.ts';

const groupSchema = z.object({
  number: z.number(),
  id: z.string(),
  kind: z.enum(['seeds', 'folds']),
  createdAt: z.string(),
  configuration: z.string().transform((text) => runConfigurationSchema.parse(JSON.parse(text))),
});
const memberSchema = z.object({ run: z.string(), seed: z.number(), fold: z.number().nullable() });
export type StoredGroup = z.infer<typeof groupSchema> & { members: z.infer<typeof memberSchema>[] };

/** Groups of runs of one configuration. */
export function createRunGroupStore(database: DatabaseSync) {
  return {
    create(kind: StoredGroup['kind'], configuration: RunConfiguration, at: string): string {
      const row = database.prepare('SELECT coalesce(max(number), 0) + 1 AS number FROM run_groups').get();
      const id = `group-${Number(row?.number)}`;
      database
        .prepare('INSERT INTO run_groups (id, kind, created_at, configuration) VALUES (?, ?, ?, ?)')
        .run(id, kind, at, JSON.stringify(configuration));
      return id;
    },
    add(group: string, member: z.infer<typeof memberSchema>): void {
      database
        .prepare('INSERT INTO run_group_members (group_id, run_id, seed, fold) VALUES (?, ?, ?, ?)')
        .run(group, member.run, member.seed, member.fold);
    },
    list(): StoredGroup[] {
      const members = database.prepare(
        'SELECT run_id AS run, seed, fold FROM run_group_members WHERE group_id = ? ORDER BY fold, seed',
      );
      return database
        .prepare('SELECT number, id, kind, created_at AS createdAt, configuration FROM run_groups ORDER BY number')
        .all()
        .map((row) => groupSchema.parse(row))
        .map((group) => ({ ...group, members: members.all(group.id).map((row) => memberSchema.parse(row)) }));
    },
    /** Fold of each image of training and validation in the split in force; empty where it has none. */
    folds(): Map<number, number> {
      return new Map(
        database
          .prepare('SELECT image_id, fold FROM image_facts WHERE fold IS NOT NULL')
          .all()
          .map((row) => [Number(row.image_id), Number(row.fold)]),
      );
    },
  };
}
