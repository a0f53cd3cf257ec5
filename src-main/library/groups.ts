/** Least member of the connected component of everything that occurs in the pairs. */
export function groupsOf(pairs: readonly (readonly [number, number])[]): Map<number, number> {
  const parent = new Map<number, number>();
  const root = (one: number): number => {
    let at = one;
    while (parent.get(at) !== undefined && parent.get(at) !== at) at = parent.get(at)!;
    parent.set(one, at);
    return at;
  };
  for (const [first, second] of pairs) {
    const [low, high] = [root(first), root(second)].sort((a, b) => a - b);
    parent.set(low!, low!);
    parent.set(high!, low!);
  }
  return new Map([...parent.keys()].map((one) => [one, root(one)]));
}
