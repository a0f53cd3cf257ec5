import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { reportFileSchema, type ReportFile } from '../../src-shared/contract/report.ts';

const projectSchema = z.object({ id: z.string(), name: z.string(), created_at: z.string() });

const reportSchema = z.object({ id: z.number(), at: z.string(), runs: z.string(), files: z.string() });

/** The project's own row. */
export function createProjectStore(database: DatabaseSync) {
  return {
    initialise(name: string, createdAt: string, softwareVersion: string): void {
      database
        .prepare('INSERT INTO project (only, id, name, created_at, software_version) VALUES (1, ?, ?, ?, ?)')
        .run(randomUUID(), name, createdAt, softwareVersion);
    },
    facts(): { id: string; name: string; createdAt: string } | null {
      const row = database.prepare('SELECT id, name, created_at FROM project').get();
      if (!row) return null;
      const parsed = projectSchema.parse(row);
      return { id: parsed.id, name: parsed.name, createdAt: parsed.created_at };
    },
  };
}

/** Reports that were written, with the hashes of their files. */
export function createReportStore(database: DatabaseSync) {
  return {
    add(at: string, runs: string[], files: ReportFile[]) {
      const { lastInsertRowid } = database
        .prepare('INSERT INTO reports (at, runs, files) VALUES (?, ?, ?)')
        .run(at, JSON.stringify(runs), JSON.stringify(files));
      return { id: Number(lastInsertRowid), at, runs, files };
    },
    list() {
      return database
        .prepare('SELECT id, at, runs, files FROM reports ORDER BY id DESC')
        .all()
        .map((row) => reportSchema.parse(row))
        .map((row) => ({
          id: row.id,
          at: row.at,
          runs: z.array(z.string()).parse(JSON.parse(row.runs)),
          files: z.array(reportFileSchema).parse(JSON.parse(row.files)),
        }));
    },
  };
}
