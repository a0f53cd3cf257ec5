/** Last name of a path of either kind of system. */
export function lastName(path: string): string {
  const names = path.split(/[/\\]/).filter((name) => name !== '');
  return names.at(-1) ?? path;
}
