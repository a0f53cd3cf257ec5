import { getRequestListener } from '@hono/node-server';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { Host } from '../host/createHost.ts';
import { decide, type GateDecision } from './gate.ts';

export interface LoopbackServer {
  /** With the token: whoever opens it is let in. */
  address: string;
  close(): Promise<void>;
}

/** Mounts the host on 127.0.0.1. Port 0 takes a free one. */
export async function serveHost(host: Host, wantedPort: number): Promise<LoopbackServer> {
  const token = randomBytes(24).toString('base64url');
  const forward = getRequestListener((request) => host.fetch(request), { overrideGlobalObjects: false });
  let port = wantedPort;

  const server = createServer((request, response) => {
    const decision = decide(
      {
        method: request.method ?? '',
        url: request.url ?? '/',
        host: request.headers.host,
        origin: request.headers.origin,
        fetchSite: single(request.headers['sec-fetch-site']),
        cookie: request.headers.cookie,
      },
      { port, token },
    );
    if (decision.kind === 'allow') void forward(request, response);
    else answer(decision, request, response);
  });
  port = await listen(server, wantedPort);

  return {
    address: `http://127.0.0.1:${port}/?token=${token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  decision: Exclude<GateDecision, { kind: 'allow' }>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  request.resume();
  if (decision.kind === 'admit') {
    response.writeHead(303, {
      location: decision.location,
      'set-cookie': decision.setCookie,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    response.end();
    return;
  }
  response.writeHead(decision.status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(decision.reason);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const inUse = cause.code === 'EADDRINUSE';
      reject(
        new ExpectedError(
          {
            code: 'BUSY',
            message: inUse
              ? `Port ${port} is in use by another program.`
              : `Port ${port} cannot be opened (${cause.code ?? cause.message}).`,
            kept: 'Nothing was started.',
            remedy: 'Choose another port with --port N, or leave the option away for a free one.',
          },
          { cause },
        ),
      );
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
