/**
 * Who may talk to the loopback shell. Being on 127.0.0.1 is no protection by itself: every page in the user's browser, and every
 * user of the machine, can reach it. So the Host header must be ours (DNS rebinding), a request that names an origin must name
 * ours (cross-site requests), and the secret token must be there.
 */
export interface GateRequest {
  method: string;
  /** Path with query, as received. */
  url: string;
  host: string | undefined;
  origin: string | undefined;
  fetchSite: string | undefined;
  cookie: string | undefined;
}

export type GateDecision =
  | { kind: 'allow' }
  /** The token came in the address: keep it in a cookie and drop it from the address bar. */
  | { kind: 'admit'; location: string; setCookie: string }
  | { kind: 'refuse'; status: 401 | 403 | 421; reason: string };

export function decide(request: GateRequest, own: { port: number; token: string }): GateDecision {
  const hosts = [`127.0.0.1:${own.port}`, `localhost:${own.port}`];
  if (!request.host || !hosts.includes(request.host)) {
    return { kind: 'refuse', status: 421, reason: 'This address is not served here.' };
  }
  if (request.origin !== undefined && !hosts.some((host) => request.origin === `http://${host}`)) {
    return { kind: 'refuse', status: 403, reason: 'Requests from other pages are refused.' };
  }
  const url = new URL(request.url, `http://${request.host}`);
  const given = url.searchParams.get('token');
  if (given !== null && request.method === 'GET') {
    if (!sameText(given, own.token)) return wrongToken;
    url.searchParams.delete('token');
    return { kind: 'admit', location: `${url.pathname}${url.search}`, setCookie: cookie(own) };
  }
  // A link on another site may open the page, but nothing on another site may call it.
  if (request.fetchSite === 'cross-site')
    return { kind: 'refuse', status: 403, reason: 'Requests from other pages are refused.' };
  return sameText(cookieToken(request.cookie, own.port) ?? '', own.token) ? { kind: 'allow' } : wrongToken;
}

const wrongToken: GateDecision = {
  kind: 'refuse',
  status: 401,
  reason: 'Open the address that Parenchyma printed when it started: it carries the key to this session.',
};

/** The port is in the name because cookies do not tell ports apart, and two projects may be served at once. */
function cookieName(port: number): string {
  return `parenchyma-${port}`;
}

function cookie(own: { port: number; token: string }): string {
  return `${cookieName(own.port)}=${own.token}; HttpOnly; SameSite=Strict; Path=/`;
}

function cookieToken(header: string | undefined, port: number): string | null {
  const wanted = `${cookieName(port)}=`;
  const found = header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(wanted));
  return found?.slice(wanted.length) ?? null;
}

/** Takes the same time wherever the first difference is. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++)
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index % (b.length || 1));
  return difference === 0;
}
