import type { Interval } from '../../src-shared/contract/metrics.ts';
import { proportion } from '../../src-shared/domain/proportion.ts';

/** A proportion with its exact (Clopper–Pearson) 95 % interval; all null where the denominator is 0. */
export function clopperPearsonInterval(successes: number, total: number): Interval {
  return proportion(successes, total, 'clopper-pearson');
}
