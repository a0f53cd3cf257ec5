/** What stands in the way of a ratio (percent of training, validation, test), in words; null when nothing does. */
export function ratioProblem(ratio: readonly number[]): string | null {
  if (ratio.some((share) => !Number.isFinite(share) || share < 0)) return 'Every share is a number from 0 to 100.';
  const sum = ratio.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 100) > 1e-9)
    return `The three shares make ${Math.round(sum * 100) / 100} %; they must make 100 %.`;
  if ((ratio[0] ?? 0) === 0) return 'Without a training set nothing can be trained.';
  if ((ratio[1] ?? 0) === 0) return 'Without a validation set the best epoch cannot be chosen.';
  return null;
}

/** Whole patients per set by largest remainder; an estimate, since every class is shared out by itself. */
export function shareOut(patients: number, ratio: readonly number[]): number[] {
  const exact = ratio.map((share) => (patients * share) / 100);
  const counts = exact.map(Math.floor);
  let rest = Math.round(exact.reduce((sum, one) => sum + one, 0)) - counts.reduce((sum, one) => sum + one, 0);
  const order = exact.map((value, at) => ({ at, part: value - Math.floor(value) })).sort((a, b) => b.part - a.part);
  for (const { at } of order) {
    if (rest <= 0) break;
    counts[at] = (counts[at] ?? 0) + 1;
    rest -= 1;
  }
  return counts;
}
