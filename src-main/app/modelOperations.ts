import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { noModel } from '../../src-shared/contract/errors.ts';
import type { ExportedFile, ExportRequest } from '../../src-shared/contract/modelFiles.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { exportModel, importModel } from '../modelFiles/index.ts';
import type { ProjectStore } from '../store/index.ts';

/** Models to and from other projects, computers and programs, on one open project. */
export function modelOperations(path: string, store: ProjectStore, runDirectory: (run: string) => string) {
  return {
    async exportModel({ run, format, folder }: ExportRequest, context: JobContext): Promise<ExportedFile[]> {
      if (store.runs.card(run) === null) throw noModel(run);
      return exportModel(runDirectory(run), { folder, format }, context);
    },

    /** Takes over a model that was saved elsewhere as a run of its own: it can predict and be evaluated like any other. */
    async importModel(given: string, context: JobContext): Promise<string> {
      const draft = join(path, 'runs', `.import-${randomBytes(6).toString('hex')}`);
      await mkdir(join(path, 'runs'), { recursive: true });
      try {
        const card = await importModel(given, draft, context);
        return await store.runs.importRun(card, new Date().toISOString(), (run) => rename(draft, runDirectory(run)));
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
  };
}
