import { spawn } from 'node:child_process';

export interface CommandResult {
  exitCode: number | null;
  /** Null where the program could not be started at all. */
  started: boolean;
  output: string;
  errors: string;
}

const outputCap = 200_000;

/** Runs a program without a shell, keeps the tail of what it says, ends it when the signal aborts. */
export function runCommand(
  program: string,
  args: string[],
  options: { signal?: AbortSignal; environment?: NodeJS.ProcessEnv; timeoutMilliseconds?: number } = {},
): Promise<CommandResult> {
  // Node's own `timeout` option would keep this process alive for the whole time when the program does not exist.
  const limits = [options.signal, options.timeoutMilliseconds && AbortSignal.timeout(options.timeoutMilliseconds)];
  const signal = AbortSignal.any(limits.filter((limit) => limit instanceof AbortSignal));
  return new Promise((resolve) => {
    let output = '';
    let errors = '';
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.environment ?? process.env,
      signal,
    });
    child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-outputCap)));
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-outputCap)));
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ exitCode: null, started: false, output, errors: error.message });
    });
    child.on('close', (exitCode) => resolve({ exitCode, started: true, output, errors }));
  });
}
