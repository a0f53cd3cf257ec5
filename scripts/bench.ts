/** `npm run bench -- NAME [--json] [ARGUMENT…]`: runs bench/NAME.ts, whose default export takes the arguments. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './stages.ts';

const [name, ...args] = process.argv.slice(2);
const directory = path.join(root, 'bench');
const names = (await readdir(directory).catch(() => []))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => path.basename(file, '.ts'))
  .sort();

if (!name || !names.includes(name)) {
  console.error(`Usage: npm run bench -- NAME [--json]\nMeasurements: ${names.join(', ') || 'none yet'}.`);
  process.exitCode = 2;
} else {
  const loaded: { default?: unknown } = await import(pathToFileURL(path.join(directory, `${name}.ts`)).href);
  if (typeof loaded.default === 'function') await loaded.default(args);
  else {
    console.error(`bench/${name}.ts has no default export to run.`);
    process.exitCode = 1;
  }
}
