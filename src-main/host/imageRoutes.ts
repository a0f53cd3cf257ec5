import { Hono } from 'hono';
import { z } from 'zod';
import { frameFactsHeader, frameFactsSchema, type FrameFacts } from '../../src-shared/contract/library.ts';
import { augmentationSchema, preprocessingSchema } from '../../src-shared/contract/training.ts';
import { augment } from '../../src-shared/domain/augment.ts';
import { createRandom } from '../../src-shared/domain/random.ts';
import type { Application } from '../app/application.ts';
import { modalityValues, type FrameOutcome } from '../library/index.ts';
import { toFailure } from './failures.ts';

const thumbnailEdge = 160;
/** For images side by side. */
const pictureEdge = 512;

/** `GET /inputs/:id/augmented`: so many variations of one image, each as training could show it to the network. */
const augmentedQuerySchema = z.object({
  flip: z.enum(['0', '1']).transform((value) => value === '1'),
  cropScale: z.coerce.number().pipe(augmentationSchema.shape.cropScale),
  brightness: z.coerce.number().pipe(augmentationSchema.shape.brightness),
  contrast: z.coerce.number().pipe(augmentationSchema.shape.contrast),
  seed: z.coerce.number().pipe(z.int().min(0).max(4_294_967_295)),
  count: z.coerce.number().pipe(z.int().min(1).max(12)),
});

const inputQuerySchema = z.object({
  size: z.coerce.number().pipe(preprocessingSchema.shape.imageSize),
  level: z.coerce.number().finite().optional(),
  width: z.coerce.number().positive().optional(),
});

/** Image bytes, outside the procedures: pixels for the viewer, thumbnails for the grid, and what the model sees. */
export function imageRoutes(application: Application): Hono {
  const app = new Hono();

  app.get('/images/:id{-?[0-9]+}/pixels', async (context) => {
    const id = Number(context.req.param('id'));
    const image = application.requireSession().imageFile(id);
    const { pictures } = application.requireSession();
    const key = `frame:${image.fileSha256}:${image.frame}`;
    const kept = pictures.get(key);
    if (kept !== null) return pixelResponse(unpackFrame(kept));
    const before = performance.now();
    const outcome = await application.decoder.decodeFrame(image.path, image.frame);
    if (outcome.kind === 'rejected') return refused(outcome);
    const frame = framePixels(outcome);
    // Of pictures outside of the library, which have ids below 0, nothing is kept.
    if (id >= 0 && performance.now() - before > slowMilliseconds) pictures.put(key, packFrame(frame));
    return pixelResponse(frame);
  });

  app.get('/thumbnails/:id{-?[0-9]+}', async (context) => {
    const session = application.requireSession();
    const thumbnail = await session.thumbnail(
      Number(context.req.param('id')),
      context.req.query('edge') === 'large' ? pictureEdge : thumbnailEdge,
    );
    return new Response(new Uint8Array(thumbnail), {
      headers: { 'content-type': 'image/webp', 'cache-control': 'private, max-age=86400' },
    });
  });

  const networkInput = async (id: number, query: z.infer<typeof inputQuerySchema>): Promise<Uint8Array> => {
    const image = application.requireSession().imageFile(id);
    const window =
      query.level === undefined || query.width === undefined ? null : { level: query.level, width: query.width };
    return application.decoder.networkInput(image.path, image.frame, { imageSize: query.size, window });
  };

  app.get('/inputs/:id{-?[0-9]+}', async (context) => {
    const bytes = await networkInput(Number(context.req.param('id')), inputQuerySchema.parse(context.req.query()));
    return new Response(new Uint8Array(bytes), {
      headers: { 'content-type': 'application/octet-stream', 'cache-control': 'private, max-age=3600' },
    });
  });

  app.get('/inputs/:id{[0-9]+}/augmented', async (context) => {
    const query = inputQuerySchema.parse(context.req.query());
    const { seed, count, ...changes } = augmentedQuerySchema.parse(context.req.query());
    const pixels = await networkInput(Number(context.req.param('id')), query);
    const source = createRandom(seed);
    const random = { below: source.below, uniform: () => source.below(2 ** 32) / 2 ** 32 };
    const body = new Uint8Array(count * pixels.length);
    for (let place = 0; place < count; place += 1) {
      const levels = augment(pixels, query.size, changes, random);
      body.set(Uint8Array.from(levels, Math.round), place * pixels.length);
    }
    return new Response(body, {
      headers: { 'content-type': 'application/octet-stream', 'cache-control': 'private, max-age=3600' },
    });
  });

  app.onError((error) => {
    if (error instanceof z.ZodError)
      return Response.json({ code: 'INVALID_INPUT', message: 'The request is not understood.' }, { status: 400 });
    const failure = toFailure(error);
    return Response.json(failure, { status: failure.code === 'INTERNAL' ? 500 : 404 });
  });
  return app;
}

/** What takes longer to decode is kept decoded; reading an uncompressed file again is as fast as the cache. */
const slowMilliseconds = 40;

interface FramePixels {
  facts: FrameFacts;
  body: Uint8Array<ArrayBuffer>;
}

function pixelResponse({ facts, body }: FramePixels): Response {
  return new Response(body, {
    headers: {
      'content-type': 'application/octet-stream',
      'cache-control': 'private, max-age=3600',
      [frameFactsHeader]: JSON.stringify(facts),
    },
  });
}

/** One block: length of the facts (4 bytes, little-endian), the facts as JSON, the pixels. */
function packFrame({ facts, body }: FramePixels): Uint8Array {
  const head = Buffer.from(JSON.stringify(facts));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, body]);
}

function unpackFrame(packed: Uint8Array): FramePixels {
  const bytes = Buffer.from(packed);
  const end = 4 + bytes.readUInt32LE();
  return {
    facts: frameFactsSchema.parse(JSON.parse(bytes.toString('utf8', 4, end))),
    body: new Uint8Array(bytes.subarray(end)),
  };
}

function refused(outcome: Extract<FrameOutcome, { kind: 'rejected' }>): Response {
  return Response.json(
    {
      code: outcome.code,
      message: outcome.reason,
      kept: 'The file itself was not touched.',
      remedy: 'Check the file or import it again.',
    },
    { status: 422 },
  );
}

/** The viewer gets modality values (HU) so that no renderer has to apply slope and intercept; colour goes as RGB bytes. */
function framePixels(frame: Extract<FrameOutcome, { kind: 'frame' }>): {
  facts: FrameFacts;
  body: Uint8Array<ArrayBuffer>;
} {
  const { values, type } = frame.rgb ? { values: frame.rgb, type: 'uint8' as const } : modalityValues(frame);
  const body = new Uint8Array(values.byteLength);
  body.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return {
    body,
    facts: {
      rows: frame.rows,
      columns: frame.columns,
      type,
      samples: frame.rgb ? 3 : 1,
      inverted: frame.inverted,
      units: frame.units,
      windows: frame.windows.map((window) => ({ ...window })),
      spacing: frame.place.spacing ? [...frame.place.spacing] : null,
      place: {
        position: frame.place.position ? [...frame.place.position] : null,
        orientation: frame.place.orientation ? [...frame.place.orientation] : null,
        sliceThickness: frame.place.sliceThickness,
      },
      minimum: frame.min,
      maximum: frame.max,
    },
  };
}
