/** Where a key leads in a grid that is filled line by line; null for keys that do not move. */
export function gridStep(
  key: string,
  place: number,
  grid: { columns: number; total: number; rowsInView: number },
): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -grid.columns,
    ArrowDown: grid.columns,
    PageUp: -grid.columns * grid.rowsInView,
    PageDown: grid.columns * grid.rowsInView,
    Home: -place,
    End: grid.total - 1 - place,
  };
  const step = steps[key];
  if (step === undefined || grid.total === 0) return null;
  const next = place + step;
  // A line up or down that does not exist leaves the place; a page stops at the end.
  if (key === 'ArrowUp' && next < 0) return place;
  if (key === 'ArrowDown' && next >= grid.total) return place;
  return Math.max(0, Math.min(grid.total - 1, next));
}
