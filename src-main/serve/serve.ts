/** The loopback shell. The same host as Electron's, on 127.0.0.1, for a browser on this machine or at the end of an SSH tunnel. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { composeApplication } from '../app/compose.ts';
import { forkCompute } from '../engine/index.ts';
import { createHost } from '../host/createHost.ts';
import { applicationRoot } from '../platform/paths.ts';
import { serveHost } from './server.ts';

export interface ServeOptions {
  /** 0 takes a free port. */
  port: number;
  /** Project to open at once. */
  project: string | null;
  /** Opens the address in the machine's browser where there is one. */
  open: boolean;
}

/** Starts the loopback shell; `close` ends it in order: requests, jobs, project, workers, compute process. */
export async function serve(options: ServeOptions): Promise<{ address: string; close(): Promise<void> }> {
  const { application, logger } = await composeApplication({ forkCompute });
  try {
    if (options.project) await application.open(options.project);
    const host = createHost({
      application,
      shell: 'loopback',
      rendererDirectory: join(applicationRoot, 'dist', 'renderer'),
      logger,
    });
    const server = await serveHost(host, options.port);
    if (options.open) openInBrowser(server.address);
    let closing: Promise<void> | null = null;
    return { address: server.address, close: () => (closing ??= host.close().then(() => server.close())) };
  } catch (error) {
    await application.close();
    throw error;
  }
}

/** A machine without a screen or browser is not an error: the address is printed anyway. */
function openInBrowser(address: string): void {
  const [command, ...before] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command!, [...before, address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
