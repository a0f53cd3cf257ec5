import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Path of a script that a thread is started from: a source file beside the caller's, or, where both are bundled into one
 * folder, the bundle of that name.
 *
 * @param from `import.meta.url` of the caller
 * @param name of the source file, without its ending
 */
export function siblingScript(from: string, name: string): string {
  const caller = fileURLToPath(from);
  const isSource = basename(caller).endsWith('.ts');
  return join(dirname(caller), isSource ? `${name}.ts` : `${name}.js`);
}
