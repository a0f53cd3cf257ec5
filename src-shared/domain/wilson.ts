/** Two-sided 95 % quantile of the standard normal distribution; every interval of the software uses it. */
export const z95 = 1.959963984540054;

export interface Bounds {
  low: number;
  high: number;
}

/**
 * Wilson score interval of a proportion without continuity correction (Wilson 1927), 95 %.
 * Null where `total` is 0. The bound at 0 or at `total` successes is exactly 0 or 1.
 */
export function wilsonBounds(successes: number, total: number): Bounds | null {
  if (total <= 0) return null;
  const share = successes / total;
  const zSquared = z95 * z95;
  const denominator = 1 + zSquared / total;
  const centre = (share + zSquared / (2 * total)) / denominator;
  const halfWidth = (z95 * Math.sqrt((share * (1 - share)) / total + zSquared / (4 * total * total))) / denominator;
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - halfWidth),
    high: successes === total ? 1 : Math.min(1, centre + halfWidth),
  };
}
