/** What was done to the sets, in words. */
import type { SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import type { SplitHistoryEntry } from '../../src-shared/contract/splits.ts';
import { formatQuantity } from '../../src-shared/domain/format.ts';

const splitSchema = z.object({
  method: z.enum(['ratio', 'files', 'import']),
  scheme: z.enum(['folds', 'folders']).nullable(),
  ratio: z.string().nullable(),
  seed: z.number().nullable(),
  folds: z.number().nullable(),
  fold: z.number().nullable(),
  reason: z.string().nullable(),
  author: z.string(),
  at: z.string(),
});

const changeSchema = z.object({
  at: z.string(),
  author: z.string(),
  reason: z.string(),
  from_set: z.string().nullable(),
  to_set: z.string().nullable(),
  images: z.number(),
});

export function describeSplit(row: Record<string, SQLOutputValue>): SplitHistoryEntry {
  const split = splitSchema.parse(row);
  const ratio = split.ratio === null ? '' : ` ${(JSON.parse(split.ratio) as number[]).join('/')}`;
  const seed = split.seed === null ? '' : `, seed ${split.seed}`;
  const words = {
    ratio: `Split by ratio${ratio}${seed}`,
    files: 'Split by official lists',
    import: 'Set given at import',
    folds: `Split into ${split.folds ?? 0} folds, fold ${split.fold ?? 0} is validation${seed}`,
    folders: `Split by folders, the rest by ratio${ratio}${seed}`,
  }[split.scheme ?? split.method];
  return { at: split.at, author: split.author, message: `${words}${split.reason ? ` (${split.reason})` : ''}.` };
}

export function describeChange(row: Record<string, SQLOutputValue>): SplitHistoryEntry {
  const change = changeSchema.parse(row);
  const from = change.from_set ?? 'no set';
  const to = change.to_set ?? 'no set';
  return {
    at: change.at,
    author: change.author,
    message: `${formatQuantity(change.images, 'image')} moved from ${from} to ${to}: ${change.reason}`,
  };
}
