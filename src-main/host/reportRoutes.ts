import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Hono } from 'hono';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { Application } from '../app/application.ts';
import { toFailure } from './failures.ts';

/**
 * Report files to download, for a browser at the other end of a tunnel. Only what a report of the open project has written can be
 * had, only unchanged, and always as an attachment: a report is never run as a page of this origin.
 */
export function reportRoutes(application: Application): Hono {
  const app = new Hono();

  app.get('/reports/:id{[0-9]+}/:place{[0-9]+}', async (context) => {
    const { id, place } = context.req.param();
    const entry = application
      .requireSession()
      .reports.list()
      .find((one) => one.id === Number(id));
    const file = entry?.files[Number(place)];
    const bytes = file && (await readFile(file.path).catch(() => null));
    if (!file || !bytes) {
      throw new ExpectedError({
        code: 'NOT_FOUND',
        message: 'This report file is not there any more.',
        remedy: 'Write the report again.',
      });
    }
    if (createHash('sha256').update(bytes).digest('hex') !== file.sha256) {
      throw new ExpectedError({
        code: 'NOT_FOUND',
        message: 'This report file has been changed since it was written.',
        remedy: 'Write the report again.',
      });
    }
    const name = basename(file.path).replaceAll(/[^\w.-]/g, '_');
    return new Response(new Uint8Array(bytes), {
      headers: {
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
      },
    });
  });

  app.onError((error) => {
    const failure = toFailure(error);
    return Response.json(failure, { status: failure.code === 'INTERNAL' ? 500 : 404 });
  });
  return app;
}
