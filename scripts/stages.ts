/** Runs programs one after another as named stages, each with its time, in one way for all scripts. */
import { spawn } from 'node:child_process';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

export interface StageOptions {
  environment?: Record<string, string>;
  /** After so many seconds the program is ended; the stage has then failed. */
  limitSeconds?: number;
  /** Keeps what the program prints instead of showing it. */
  quiet?: boolean;
}

export interface StageResult {
  exitCode: number;
  seconds: number;
  /** The last 8,000 characters of what was printed, with `quiet`. */
  output: string;
  timedOut: boolean;
}

/** Runs one program in the checkout; Ctrl-C reaches it through the terminal or is passed on. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: StageOptions = {},
): Promise<StageResult> {
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: root,
    stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...options.environment },
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-8000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  let timedOut = false;
  const timer = options.limitSeconds
    ? setTimeout(() => {
        timedOut = true;
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), 3000).unref();
      }, options.limitSeconds * 1000)
    : undefined;
  const stop = () => void child.kill('SIGTERM');
  // Ctrl-C on a terminal reaches the child by itself; this program waits for it to end in order.
  const stopUnlessTerminal = () => (process.stdin.isTTY ? undefined : stop());
  process.on('SIGTERM', stop);
  process.on('SIGINT', stopUnlessTerminal);
  const exitCode = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(127);
    });
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
  clearTimeout(timer);
  process.removeListener('SIGTERM', stop);
  process.removeListener('SIGINT', stopUnlessTerminal);
  return { exitCode, seconds: (performance.now() - started) / 1000, output, timedOut };
}

/** Runs a package's own JavaScript entry with this Node: no shell, no search path. */
export const runNode = (
  script: string,
  args: readonly string[] = [],
  options: StageOptions = {},
): Promise<StageResult> => runProgram(process.execPath, [path.join(root, script), ...args], options);

export function announce(name: string): void {
  console.log(`\n── ${name}`);
}

export function conclude(name: string, result: { exitCode: number; seconds: number }): void {
  console.log(
    `── ${name}: ${result.exitCode === 0 ? 'done' : `failed (exit ${result.exitCode})`} in ${result.seconds.toFixed(1)} s`,
  );
}

/** Announces, runs and concludes a stage of this Node. */
export async function stage(
  name: string,
  script: string,
  args: readonly string[] = [],
  options: StageOptions = {},
): Promise<StageResult> {
  announce(name);
  const result = await runNode(script, args, options);
  conclude(name, result);
  return result;
}
