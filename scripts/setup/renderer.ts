/** Builds the interface into dist/renderer when its sources have changed since the last build. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root, runNode } from '../stages.ts';

export type RendererBuild = { kind: 'fresh' } | { kind: 'built'; seconds: number } | { kind: 'failed'; reason: string };

const inputs = ['src-renderer/**/*', 'src-shared/**/*.ts', 'vite.config.ts', 'package-lock.json'];
const stampFile = path.join(root, 'dist', 'renderer.sha256');

/** SHA-256 over the names and contents of all files that the build reads; tests beside them do not count. */
export async function hashInputs(directory: string, patterns: readonly string[]): Promise<string> {
  const files: string[] = [];
  for await (const entry of glob([...patterns], { cwd: directory, withFileTypes: true })) {
    const file = path.relative(directory, path.join(entry.parentPath, entry.name));
    if (entry.isFile() && !file.endsWith('.test.ts')) files.push(file);
  }
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const content = createHash('sha256')
      .update(await readFile(path.join(directory, file)))
      .digest('hex');
    hash.update(`${file}\0${content}\n`);
  }
  return hash.digest('hex');
}

export async function ensureRenderer(say: (line: string) => void): Promise<RendererBuild> {
  const wanted = await hashInputs(root, inputs);
  const built = await readFile(stampFile, 'utf8').catch(() => '');
  if (built === wanted && existsSync(path.join(root, 'dist', 'renderer', 'index.html'))) return { kind: 'fresh' };
  say('building (some 20 seconds, only after changes)');
  const result = await runNode('node_modules/vite/bin/vite.js', ['build', '--logLevel', 'warn'], { quiet: true });
  if (result.exitCode !== 0) return { kind: 'failed', reason: result.output.trim() };
  await writeFile(stampFile, wanted);
  say(`built in ${result.seconds.toFixed(1)} s`);
  return { kind: 'built', seconds: result.seconds };
}

if (import.meta.main) {
  const result = await ensureRenderer((line) => console.log(`interface: ${line}`));
  if (result.kind === 'failed') {
    console.error(result.reason);
    process.exitCode = 1;
  }
}
