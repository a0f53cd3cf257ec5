import { join } from 'node:path';

/** Absolute path of a file from its source's path and its '/'-separated path below. A source may be a single file: then nothing is below it. */
export function joinSource(source: string, relativePath: string): string {
  return join(source, ...relativePath.split('/'));
}
