import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { rejectionSchema, type Rejection } from '../../src-shared/contract/library.ts';
import type { RejectionFilter, RejectionList } from '../../src-shared/contract/rejections.ts';

const codeSchema = z.object({ code: z.string(), files: z.number() });

/** Files that imports left out, with the reason of each. */
export function createRejectionStore(database: DatabaseSync) {
  const where = `(:code IS NULL OR code = :code) AND (:text = '' OR instr(lower(path), lower(:text)) > 0 OR instr(lower(reason), lower(:text)) > 0)`;
  const valuesOf = ({ code, text }: RejectionFilter) => ({ code, text: text.trim() });

  return {
    list({ offset, limit, ...filter }: RejectionFilter & { offset: number; limit: number }): RejectionList {
      const values = valuesOf(filter);
      const total = database.prepare(`SELECT count(*) AS n FROM rejections WHERE ${where}`).get(values)?.n;
      const items = database
        .prepare(`SELECT path, code, reason FROM rejections WHERE ${where} ORDER BY path LIMIT :limit OFFSET :offset`)
        .all({ ...values, limit, offset })
        .map((row) => rejectionSchema.parse({ ...row }));
      const codes = database
        .prepare('SELECT code, count(*) AS files FROM rejections GROUP BY code ORDER BY files DESC, code')
        .all()
        .map((row) => codeSchema.parse({ ...row }));
      return { total: Number(total), items, codes };
    },

    all(filter: RejectionFilter): Rejection[] {
      return database
        .prepare(`SELECT path, code, reason FROM rejections WHERE ${where} ORDER BY path`)
        .all(valuesOf(filter))
        .map((row) => rejectionSchema.parse({ ...row }));
    },
  };
}
