import type { ChildProcess } from 'node:child_process';
import { jsonLines, startParenchyma } from './commandLine.ts';

export interface Loopback {
  /** Address with the token. */
  address: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

/** `parenchyma serve` as a process of its own, with settings and projects below `folder`. */
export async function startLoopback(folder: string, ...args: string[]): Promise<Loopback> {
  const child = startParenchyma(folder, 'serve', ...args);
  const address = await new Promise<string>((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('exit', (code) => reject(new Error(`The loopback shell ended with ${code}: ${errors}`)));
    child.stdout!.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const line = jsonLines(output).find((one) => one.event === 'listening');
      if (line) resolve(String(line.address));
    });
  });
  return {
    address,
    process: child,
    stop: () =>
      new Promise((resolve) => {
        child.on('exit', () => resolve());
        child.kill('SIGINT');
      }),
  };
}
