import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DiskUse } from '../../src-shared/contract/diskUse.ts';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { isUnderWay } from '../../src-shared/contract/runs.ts';
import type { ProjectStore } from '../store/index.ts';

/** What runs and searches take of the disk, and how an ended run's checkpoint is given up. */
export function diskUseOperations(path: string, store: ProjectStore, runDirectory: (run: string) => string) {
  return {
    runDiskUse: (run: string): Promise<DiskUse> => diskUseBelow(runDirectory(run)),
    searchDiskUse: (search: string): Promise<DiskUse> => diskUseBelow(join(path, 'searches', search)),

    /** Afterwards the run cannot be trained any further; its model, curves and figures stay. */
    async removeCheckpoints(id: string): Promise<void> {
      const run = store.runs.run(id);
      if (run !== null && (isUnderWay(run.state) || run.state === 'queued')) {
        throw new ExpectedError({
          code: 'BUSY',
          message: `Run ${run.number} is ${run.state === 'queued' ? 'waiting for its turn' : 'under way'} and needs its checkpoints.`,
          kept: 'Nothing was deleted.',
          remedy: 'Wait until it has ended, or cancel it first.',
        });
      }
      await rm(join(runDirectory(id), 'checkpoints'), { recursive: true, force: true });
      store.runQueue.addEvent(id, 'Its checkpoints were deleted on request; it cannot be trained any further.');
    },
  };
}

/** Zeros where the folder does not exist; a file that goes away meanwhile counts nothing. */
export async function diskUseBelow(directory: string): Promise<DiskUse> {
  const use: DiskUse = { modelBytes: 0, checkpoints: 0, checkpointBytes: 0, otherBytes: 0 };
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const { size } = await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }));
    if (basename(entry.parentPath) === 'checkpoints') {
      use.checkpoints += entry.name.endsWith('.checkpoint') ? 1 : 0;
      use.checkpointBytes += size;
    } else if (entry.name.startsWith('model.')) use.modelBytes += size;
    else use.otherBytes += size;
  }
  return use;
}
