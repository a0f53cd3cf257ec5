import { protocol } from 'electron';
import type { Host } from '../host/createHost.ts';
import { isPageAddress, scheme } from './origin.ts';

/** Must run before Electron is ready: an origin of its own, fetch and streams for the page, all under a secure context. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
  ]);
}

/** Mounts the host on app://parenchyma/: the same fetch handler as on the loopback shell. */
export function mountHost(host: Pick<Host, 'fetch'>): void {
  protocol.handle(scheme, (request) => {
    if (!isPageAddress(request.url)) return new Response('Not found', { status: 404 });
    return host.fetch(request);
  });
}
