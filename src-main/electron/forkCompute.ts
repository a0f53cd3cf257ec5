import path from 'node:path';
import { utilityProcess } from 'electron';
import type { ComputeChannel } from '../engine/channel.ts';

const detailLimit = 4000;

/** The compute process as a child of Electron: Node without Chromium, which may crash or run out of memory on its own. */
export function forkCompute(environment: Record<string, string>): ComputeChannel {
  const child = utilityProcess.fork(path.join(import.meta.dirname, 'compute.js'), [], {
    serviceName: 'Parenchyma compute',
    env: { ...process.env, ...environment },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let detail = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    detail = (detail + chunk.toString('utf8')).slice(-detailLimit);
  });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => child.on('message', listener),
    // Electron reports an exit code only, never the signal.
    onExit: (listener) => child.once('exit', (code) => listener({ code, signal: null, detail: detail.trim() })),
    kill: () => {
      // Every TensorFlow op blocks the event loop: a polite signal might wait for minutes.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}
