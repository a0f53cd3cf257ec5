/** `node scripts/run.mjs NAME [ARGUMENT…]`: runs scripts/NAME.ts with Node 24, whichever Node npm itself runs on. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root, runInstead } from './node24.mjs';

const [name = '', ...args] = process.argv.slice(2);
const script = path.join(root, 'scripts', `${name}.ts`);
if (!/^[a-z]+(\/[a-z]+)?$/.test(name) || !existsSync(script)) {
  process.stderr.write(`There is no script "${name}". See "scripts" in package.json.\n`);
  process.exit(2);
}
runInstead(script, args);
