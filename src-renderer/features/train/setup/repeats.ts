/** How often a configuration is trained. */
import type { Repeats } from '../../../../src-shared/contract/runGroups.ts';

export interface RepeatChoice {
  kind: 'once' | 'seeds' | 'folds';
  /** Seeds; kept while another kind is chosen. */
  count: number;
}
export const once: RepeatChoice = { kind: 'once', count: 5 };

/** Null for a single run. */
export function repeatsOf({ kind, count }: RepeatChoice): Repeats | null {
  if (kind === 'once') return null;
  return kind === 'seeds' ? { kind, count } : { kind };
}

/** In words, why the repeats cannot be started; null where they can. */
export function repeatsProblem({ kind, count }: RepeatChoice, folds: number | null): string | null {
  if (kind === 'folds' && folds === null) return 'Repeats: the split in force has no folds.';
  if (kind === 'seeds' && !(Number.isInteger(count) && count >= 2 && count <= 50)) return 'Repeats: 2 to 50 seeds.';
  return null;
}

/** How many runs that makes. */
export function runCount(repeats: Repeats | null, folds: number | null): number {
  if (repeats === null) return 1;
  if (repeats.kind === 'seeds') return repeats.count;
  return repeats.kind === 'listedSeeds' ? repeats.seeds.length : (repeats.count ?? folds ?? 1);
}
