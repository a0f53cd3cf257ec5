import { basename, extname } from 'node:path';
import { Hono } from 'hono';
import type { Rejection } from '../../src-shared/contract/library.ts';
import { rejectionFilterSchema, type RejectionFilter } from '../../src-shared/contract/rejections.ts';
import { csvText } from '../report/index.ts';

/**
 * The refusals as a table. Names of folders and files may hold names of patients: they stand in it only where the user asks for them, else
 * the files are numbered.
 */
export function rejectionRoutes(application: {
  requireSession(): { rejections: { all(filter: RejectionFilter): Rejection[] } };
}): Hono {
  const app = new Hono();
  app.get('/rejections.csv', (context) => {
    const { names, code, text } = context.req.query();
    const filter = rejectionFilterSchema.parse({ code: code || null, text: text ?? '' });
    const rows = application.requireSession().rejections.all(filter);
    const table =
      names === '1'
        ? csvText(
            ['path', 'code', 'reason'],
            rows.map((row) => [row.path, row.code, row.reason]),
          )
        : csvText(
            ['file', 'type', 'code', 'reason'],
            rows.map((row, index) => [index + 1, extname(basename(row.path)).slice(0, 8), row.code, row.reason]),
          );
    // The mark tells spreadsheets that it is UTF-8.
    return new Response(`\uFEFF${table}`, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="refused-files.csv"',
        'cache-control': 'no-store',
      },
    });
  });
  app.onError(() =>
    Response.json({ code: 'INVALID_INPUT', message: 'The request is not understood.' }, { status: 400 }),
  );
  return app;
}
