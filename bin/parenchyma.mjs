#!/usr/bin/env node
/** The command `parenchyma`: the command line on Node 24, in this very process where that is what runs already. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { keepCompiledCode } from '../scripts/compiledCode.mjs';
import { isRunningNodeGood, root, runInstead } from '../scripts/node24.mjs';

const entry = path.join(root, 'src-main', 'cli', 'main.ts');
keepCompiledCode();
if (isRunningNodeGood()) await import(pathToFileURL(entry).href);
else runInstead(entry, process.argv.slice(2), { bound: true });
