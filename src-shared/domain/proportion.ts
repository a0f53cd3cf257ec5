import { betaQuantile } from './specialFunctions.ts';
import { wilsonBounds, type Bounds } from './wilson.ts';

/** Exact (Clopper–Pearson) 95 % interval of a proportion; null where `total` is 0. */
export function clopperPearsonBounds(successes: number, total: number): Bounds | null {
  if (total <= 0) return null;
  return {
    low: successes === 0 ? 0 : betaQuantile(0.025, successes, total - successes + 1),
    high: successes === total ? 1 : betaQuantile(0.975, successes + 1, total - successes),
  };
}

export type ProportionMethod = 'wilson' | 'clopper-pearson';

export interface Proportion {
  value: number | null;
  low: number | null;
  high: number | null;
  method: ProportionMethod;
}

/** A proportion with its 95 % interval; all null where the denominator is 0. */
export function proportion(successes: number, total: number, method: ProportionMethod): Proportion {
  const bounds = method === 'wilson' ? wilsonBounds(successes, total) : clopperPearsonBounds(successes, total);
  if (bounds === null) return { value: null, low: null, high: null, method };
  return { value: successes / total, ...bounds, method };
}
