import { Hono } from 'hono';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { Application } from '../app/application.ts';
import { studyCsv } from '../report/index.ts';
import { toFailure } from './failures.ts';

/** `GET /studies/:id/table.csv?names=1`: predictions on new pictures as a download; names only when asked for. */
export function studyRoutes(application: Application): Hono {
  const app = new Hono();

  app.get('/studies/:id/table.csv', (context) => {
    const document = application
      .requireSession()
      .studies()
      .find((one) => one.id === context.req.param('id'));
    if (!document) {
      throw new ExpectedError({
        code: 'NOT_FOUND',
        message: 'These predictions are not at hand any more.',
        remedy: 'Choose the pictures again.',
      });
    }
    return new Response(studyCsv(document, { names: context.req.query('names') === '1' }), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="predictions-${document.run}.csv"`,
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
