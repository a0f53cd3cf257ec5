/**
 * Keeps what Node makes of the TypeScript sources beside the packages, by content, for the program, its threads and its processes: a command
 * then starts in a third of the processor time. Plain JavaScript, so that nothing has to be made of this file itself.
 */
import * as nodeModule from 'node:module';
import path from 'node:path';
import { root } from './node24.mjs';

/** Whoever sets NODE_COMPILE_CACHE or NODE_DISABLE_COMPILE_CACHE has the last word; where the folder cannot be written, nothing is kept. */
export function keepCompiledCode(environment = process.env) {
  if (environment.NODE_COMPILE_CACHE !== undefined || environment.NODE_DISABLE_COMPILE_CACHE !== undefined) return;
  const directory = path.join(root, 'node_modules', '.cache', 'compiled-code');
  // Threads and child processes learn of it by the environment only.
  environment.NODE_COMPILE_CACHE = directory;
  // Node 20, which only looks for Node 24, has no such thing.
  nodeModule.enableCompileCache?.(directory);
}
