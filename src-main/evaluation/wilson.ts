import type { Interval } from '../../src-shared/contract/metrics.ts';
import { wilsonBounds } from '../../src-shared/domain/wilson.ts';

/** A proportion with its Wilson 95 % interval; all null where the denominator is 0. */
export function wilsonInterval(successes: number, total: number): Interval {
  const bounds = wilsonBounds(successes, total);
  if (bounds === null) return { value: null, low: null, high: null, method: 'wilson' };
  return { value: successes / total, ...bounds, method: 'wilson' };
}
