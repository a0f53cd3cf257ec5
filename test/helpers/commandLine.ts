import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '../..');
const entry = join(repositoryRoot, 'bin', 'parenchyma.mjs');

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
  /** Every line of stdout as JSON. */
  lines: Record<string, unknown>[];
}

/** Settings, logs and new projects of a test go below its own folder, never to the user's. */
export function testEnvironment(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, PARENCHYMA_CONFIG: join(folder, 'config'), PARENCHYMA_PROJECTS: join(folder, 'projects') };
}

/** Runs `parenchyma ARGS --json` as a process of its own, as a user does. */
export function parenchyma(folder: string, ...args: string[]): Promise<CommandResult> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [entry, ...args, '--json'],
      { env: testEnvironment(folder), maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        done({ code, stdout, stderr, lines: jsonLines(stdout) });
      },
    );
  });
}

/** Starts a command that goes on until it is told to stop. */
export function startParenchyma(folder: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [entry, ...args, '--json'], {
    env: testEnvironment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The least training that still goes all the way. */
export const quickTraining = '--arch vgg16 --head compact --image-size 32 --epochs 2 --batch 16 --weights none'.split(
  ' ',
);

/** A folder that goes away with the test. */
export function temporaryFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `parenchyma-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
