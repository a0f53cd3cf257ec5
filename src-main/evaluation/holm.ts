/** Holm's step-down correction (1979): adjusted p values in the order given; nulls stay null and do not count as tests. */
export function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const tested = pValues
    .map((pValue, place) => ({ pValue, place }))
    .filter((test): test is { pValue: number; place: number } => test.pValue !== null)
    .sort((first, second) => first.pValue - second.pValue);
  const adjusted: (number | null)[] = pValues.map(() => null);
  let highest = 0;
  tested.forEach(({ pValue, place }, rank) => {
    highest = Math.max(highest, Math.min(1, (tested.length - rank) * pValue));
    adjusted[place] = highest;
  });
  return adjusted;
}
