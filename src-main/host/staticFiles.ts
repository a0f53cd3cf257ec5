import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** Serves the built interface below `root`. Paths that leave it, or have no known type, are not found; unknown pages get index.html. */
export async function serveStatic(root: string, urlPath: string): Promise<Response> {
  const file = resolvePath(root, urlPath);
  if (!file) return notFound();
  const type = types[extname(file)];
  if (!type) return extname(file) === '' ? serveStatic(root, '/index.html') : notFound();
  try {
    const body = await readFile(file);
    // Vite names what lies in assets/ by content.
    const cache = urlPath.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    return new Response(body, { headers: { 'content-type': type, 'cache-control': cache } });
  } catch {
    return urlPath === '/index.html' ? notBuilt() : notFound();
  }
}

function resolvePath(root: string, urlPath: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (decoded.includes('\0')) return null;
  const file = resolve(root, `.${decoded === '/' ? '/index.html' : decoded}`);
  return file.startsWith(root + sep) ? file : null;
}

function notFound(): Response {
  return new Response('Not found', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

function notBuilt(): Response {
  const text = 'The interface has not been built yet. Run: npm run build';
  return new Response(text, { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
