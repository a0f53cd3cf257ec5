import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { ComputeChannel } from './channel.ts';

const detailCap = 4000;

/** The compute process as a child of Node, for the loopback shell, the command line and tests. */
export function forkCompute(environment: Record<string, string>): ComputeChannel {
  const child = fork(join(import.meta.dirname, '../compute/main.ts'), [], {
    env: { ...process.env, ...environment },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let detail = '';
  child.stderr?.on('data', (chunk: Buffer) => (detail = (detail + chunk.toString()).slice(-detailCap)));
  return {
    send: (message) => {
      // A process that is just dying closes its channel first; its exit is what gets reported.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => {
      let told = false;
      const tell = (code: number | null, signal: string | null) => {
        if (told) return;
        told = true;
        listener({ code, signal, detail: detail.trim() });
      };
      child.on('close', tell);
      child.on('error', (error) => {
        detail += error.message;
        if (child.pid === undefined) tell(null, null);
      });
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
