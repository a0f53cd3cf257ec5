/** The runs that an address asks for, in the order of `usable`; the two newest where it asks for none. */
export function chosenRuns(asked: unknown, usable: readonly string[]): string[] {
  if (typeof asked !== 'string') return usable.slice(-2);
  const wanted = new Set(asked.split(','));
  return usable.filter((run) => wanted.has(run));
}
