import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'parenchyma-launcher-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const moduleUrl = (path: string) => JSON.stringify(pathToFileURL(resolve(import.meta.dirname, '../..', path)).href);

const script = join(folder, 'script.mjs');
writeFileSync(
  script,
  `import { endWithLauncher } from ${moduleUrl('src-main/platform/endWithLauncher.ts')};
endWithLauncher();
console.log(JSON.stringify({ pid: process.pid, left: Object.keys(process.env).filter((name) => name.includes('LAUNCHER')) }));
if (process.argv[2] === 'long') setInterval(() => undefined, 1000);
`,
);
const launcher = join(folder, 'launcher.mjs');
writeFileSync(
  launcher,
  `import { runInstead } from ${moduleUrl('scripts/node24.mjs')};
runInstead(${JSON.stringify(script)}, process.argv.slice(2), { bound: true });
`,
);

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a program run in place of another', () => {
  it('ends when that one is killed with kill -9', async () => {
    const child = spawn(process.execPath, [launcher, 'long'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = await new Promise<string>((done) => child.stdout.once('data', (chunk: Buffer) => done(String(chunk))));
    const { pid, left } = JSON.parse(said) as { pid: number; left: string[] };
    expect(left).toEqual([]);
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000 });
  });

  it('ends by itself when it is done: the channel does not hold it', async () => {
    const child = spawn(process.execPath, [launcher, 'short'], { stdio: 'ignore' });
    expect(await new Promise((done) => child.once('exit', done))).toBe(0);
  });
});
