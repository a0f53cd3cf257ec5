import { Hono } from 'hono';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { Application } from '../app/application.ts';
import { studyCsv } from '../report/index.ts';
import { toFailure } from './failures.ts';

const uuid = z.uuid();

/**
 * `GET /studies/:id/table.csv?names=1`: predictions on new pictures as a download; names only when asked for.
 * `POST /studies/dropped/:batch?path=…`: the bytes of one dropped file, for a page that cannot say where it lies.
 * `DELETE /studies/dropped/:batch`: the page gave up.
 */
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

  app.post('/studies/dropped/:batch', async (context) => {
    const batch = uuid.parse(context.req.param('batch'));
    const body = context.req.raw.body ?? new Blob([]).stream();
    // The two libraries' types of one and the same stream.
    const bytes = body as unknown as ReadableStream<Uint8Array>;
    await application.requireSession().dropped.add(batch, context.req.query('path') ?? '', bytes);
    return Response.json({});
  });

  app.delete('/studies/dropped/:batch', async (context) => {
    await application.requireSession().dropped.remove(uuid.parse(context.req.param('batch')));
    return Response.json({});
  });

  app.onError((error) => {
    if (error instanceof z.ZodError)
      return Response.json({ message: 'The request is not understood.' }, { status: 400 });
    const failure = toFailure(error);
    return Response.json(failure, { status: failure.code === 'INTERNAL' ? 500 : 404 });
  });
  return app;
}
