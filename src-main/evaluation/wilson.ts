import type { Interval } from '../../src-shared/contract/metrics.ts';
import { proportion } from '../../src-shared/domain/proportion.ts';

/** A proportion with its Wilson 95 % interval; all null where the denominator is 0. */
export function wilsonInterval(successes: number, total: number): Interval {
  return proportion(successes, total, 'wilson');
}
