/** Whole numbers in the given ratio that add up to `count` (largest remainder), at least 1 where the share is above 0; `count` must allow that. */
export function shareOut(count: number, ratio: readonly number[]): number[] {
  const sum = ratio.reduce((total, share) => total + share, 0);
  const exact = ratio.map((share) => (count * share) / sum);
  const whole = exact.map((share, index) => (ratio[index]! > 0 ? Math.max(1, Math.floor(share)) : 0));
  const total = (): number => whole.reduce((a, b) => a + b, 0);
  while (total() < count) {
    const next = indexOfGreatest(exact.map((share, index) => (ratio[index]! > 0 ? share - whole[index]! : -Infinity)));
    whole[next]!++;
  }
  while (total() > count) {
    const next = indexOfGreatest(exact.map((share, index) => (whole[index]! > 1 ? whole[index]! - share : -Infinity)));
    whole[next]!--;
  }
  return whole;
}

export function indexOfGreatest(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
}
