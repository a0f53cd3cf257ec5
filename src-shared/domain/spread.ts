/** How a figure varies over repeats: the runs' own values, no interval of a population. */
export interface Spread {
  n: number;
  mean: number;
  low: number;
  high: number;
  /** Sample standard deviation (n − 1); null for a single value. */
  deviation: number | null;
}

/** Null where no run has the figure. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length === 0) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    n: known.length,
    mean,
    low: Math.min(...known),
    high: Math.max(...known),
    deviation: known.length < 2 ? null : Math.sqrt(squares / (known.length - 1)),
  };
}
