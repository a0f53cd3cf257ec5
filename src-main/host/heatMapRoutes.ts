import { Hono } from 'hono';
import { z } from 'zod';
import { heatMapFactsHeader, heatMapMethodSchema } from '../../src-shared/contract/heatmaps.ts';
import type { Application } from '../app/application.ts';
import { toFailure } from './failures.ts';

const querySchema = z.object({
  class: z.coerce.number().pipe(z.int().nonnegative()).optional(),
  method: heatMapMethodSchema.default('gradCam'),
});

/**
 * `GET /heatmaps/:run/:image?class=N&method=gradCam`: one heat map, float32, little-endian, `edge × edge` row by row; its facts
 * as percent-encoded JSON in a header. Without `class` the positive class is meant.
 */
export function heatMapRoutes(application: Application): Hono {
  const app = new Hono();

  app.get('/heatmaps/:run/:id{-?[0-9]+}', async (context) => {
    const { run, id } = context.req.param();
    const query = querySchema.parse(context.req.query());
    const { facts, values } = await application
      .requireSession()
      .heatMap({ run, imageId: Number(id), class: query.class ?? null, method: query.method }, context.req.raw.signal);
    const body = Buffer.alloc(values.length * 4);
    values.forEach((value, place) => body.writeFloatLE(value, place * 4));
    return new Response(new Uint8Array(body), {
      headers: {
        'content-type': 'application/octet-stream',
        // The same run and image give the same map; a project's ids mean nothing in another, which the address tells apart.
        'cache-control': 'private, max-age=3600',
        [heatMapFactsHeader]: encodeURIComponent(JSON.stringify(facts)),
      },
    });
  });

  app.onError((error) => {
    if (error instanceof z.ZodError)
      return Response.json({ code: 'INVALID_INPUT', message: 'The request is not understood.' }, { status: 400 });
    const failure = toFailure(error);
    const status = failure.code === 'INTERNAL' ? 500 : failure.code === 'BUSY' ? 409 : 404;
    return Response.json(failure, { status });
  });
  return app;
}
