import { Hono } from 'hono';
import type { Application } from '../app/application.ts';
import { toFailure } from './failures.ts';

/** `GET /labels.csv?files=1`: all labels as a download; names of files and folders only when asked for. */
export function labelRoutes(application: Application): Hono {
  const app = new Hono();

  app.get('/labels.csv', (context) => {
    const table = application.requireSession().labelTable({ files: context.req.query('files') === '1' });
    return new Response(table, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="labels.csv"',
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
