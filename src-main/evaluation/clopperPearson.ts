import type { Interval } from '../../src-shared/contract/metrics.ts';
import { betaQuantile } from './specialFunctions.ts';

/** A proportion with its exact (Clopper–Pearson) 95 % interval; all null where the denominator is 0. */
export function clopperPearsonInterval(successes: number, total: number): Interval {
  if (total <= 0) return { value: null, low: null, high: null, method: 'clopper-pearson' };
  return {
    value: successes / total,
    low: successes === 0 ? 0 : betaQuantile(0.025, successes, total - successes + 1),
    high: successes === total ? 1 : betaQuantile(0.975, successes + 1, total - successes),
    method: 'clopper-pearson',
  };
}
