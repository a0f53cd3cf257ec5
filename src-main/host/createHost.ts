import { RPCHandler } from '@orpc/server/fetch';
import { Hono } from 'hono';
import type { HostEvent } from '../../src-shared/contract/events.ts';
import { createEventHub } from './eventHub.ts';
import { heatMapRoutes } from './heatMapRoutes.ts';
import { imageRoutes } from './imageRoutes.ts';
import { createJobs } from './jobs.ts';
import { labelRoutes } from './labelRoutes.ts';
import type { HostParts } from './parts.ts';
import { rejectionRoutes } from './rejectionRoutes.ts';
import { reportRoutes } from './reportRoutes.ts';
import { createRouter } from './router.ts';
import { securityHeaders } from './securityHeaders.ts';
import { serveStatic } from './staticFiles.ts';
import { studyRoutes } from './studyRoutes.ts';
import { createTrainingQueue } from './trainingQueue.ts';

export interface Host {
  fetch(request: Request): Promise<Response>;
  /** Cancels running work, waits for it, closes the project. Safe to call twice. */
  close(): Promise<void>;
}

/** Procedures carry configurations and lists of ids, never images. */
const largestProcedureBody = 8 * 1024 * 1024;

/** Everything the interface needs, behind one fetch handler: procedures under /rpc, pixels, thumbnails, static files. */
export function createHost(parts: HostParts): Host {
  let closing: Promise<void> | null = null;
  const hub = createEventHub();
  const publish = (event: HostEvent) => {
    hub.publish(event);
    // Whatever ended may have been what the next run waited for.
    if (event.kind === 'job' && event.job.state !== 'running' && closing === null) queue.advance();
  };
  const jobs = createJobs(publish, (error) => parts.logger.error('job failed', error));
  const queue = createTrainingQueue({
    session: parts.application.session,
    jobs,
    publish: hub.publish,
    changed: (what) => hub.publish({ kind: 'changed', what }),
  });
  const handler = new RPCHandler(createRouter({ ...parts, jobs, hub, queue }));

  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value);
  });
  app.all('/rpc/*', async (context) => {
    const length = Number(context.req.header('content-length') ?? 0);
    if (length > largestProcedureBody) return context.text('Too large', 413);
    const { matched, response } = await handler.handle(context.req.raw, { prefix: '/rpc', context: {} });
    return matched ? response : context.text('Not found', 404);
  });
  app.route('/', imageRoutes(parts.application));
  app.route('/', heatMapRoutes(parts.application));
  app.route('/', labelRoutes(parts.application));
  app.route('/', rejectionRoutes(parts.application));
  app.route('/', reportRoutes(parts.application));
  app.route('/', studyRoutes(parts.application));
  app.get('*', (context) => serveStatic(parts.rendererDirectory, new URL(context.req.url).pathname));
  app.onError((error, context) => {
    parts.logger.error('request failed', error);
    return context.text('Internal error', 500);
  });

  return {
    fetch: async (request) => app.fetch(request),
    close: () => (closing ??= jobs.close().then(() => parts.application.close())),
  };
}
