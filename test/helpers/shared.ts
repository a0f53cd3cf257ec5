/** Real data that lies beside the repository (`../shared`), not in it: tests with it are skipped, and say so, where it is absent. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe } from 'vitest';

const shared = resolve(import.meta.dirname, '../../../shared');

/** Absolute path of a folder or file of the shared data; null where it is absent. */
export function sharedPath(name: string): string | null {
  const path = resolve(shared, name);
  return existsSync(path) ? path : null;
}

/** A describe block that gets the path of the shared data it needs. */
export function describeWithShared(name: string, data: string, body: (path: string) => void): void {
  const path = sharedPath(data);
  if (path === null) describe.skip(`${name} (skipped: ../shared/${data} is not on this machine)`, () => body(shared));
  else describe(name, () => body(path));
}
