import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/helpers/commandLine.ts';
import { addManyRuns, madeImageStore } from '../../test/helpers/madeRun.ts';
import type { ProjectStore } from '../store/index.ts';
import { diskUseBelow, diskUseOperations } from './diskUseOperations.ts';

const folder = temporaryFolder('disk-use');
let store: ProjectStore;
const runDirectory = (run: string) => join(folder.path, 'runs', run);

beforeAll(() => {
  store = madeImageStore(folder.path, 4, 1);
  addManyRuns(store, 2, 1);
  for (const run of ['run-1', 'run-2']) {
    const checkpoints = join(runDirectory(run), 'checkpoints');
    mkdirSync(checkpoints, { recursive: true });
    writeFileSync(join(runDirectory(run), 'model.safetensors'), new Uint8Array(1000));
    writeFileSync(join(runDirectory(run), 'model.json'), new Uint8Array(24));
    writeFileSync(join(checkpoints, '000003.checkpoint'), new Uint8Array(3000));
  }
});
afterAll(() => {
  store.close();
  folder.remove();
});

describe('what lies on the disk', () => {
  it('is told by what it is for; of nothing it is nothing', async () => {
    expect(await diskUseBelow(runDirectory('run-1'))).toEqual({
      modelBytes: 1024,
      checkpoints: 1,
      checkpointBytes: 3000,
      otherBytes: 0,
    });
    expect(await diskUseBelow(join(folder.path, 'nowhere'))).toMatchObject({ modelBytes: 0, checkpoints: 0 });
    const trials = join(folder.path, 'searches', 'search-1', 'trials');
    for (const [trial, bytes] of [
      ['1', 10],
      ['2', 20],
    ] as const) {
      mkdirSync(join(trials, trial, 'checkpoints'), { recursive: true });
      writeFileSync(join(trials, trial, 'checkpoints', '000001.checkpoint'), new Uint8Array(bytes));
      writeFileSync(join(trials, trial, 'events.jsonl'), new Uint8Array(5));
    }
    const { searchDiskUse } = diskUseOperations(folder.path, store, runDirectory);
    expect(await searchDiskUse('search-1')).toEqual({
      modelBytes: 0,
      checkpoints: 2,
      checkpointBytes: 30,
      otherBytes: 10,
    });
  });

  it('is less by its checkpoints when they are deleted, which the run remembers', async () => {
    const { removeCheckpoints, runDiskUse } = diskUseOperations(folder.path, store, runDirectory);
    await removeCheckpoints('run-1');
    expect(await runDiskUse('run-1')).toMatchObject({ modelBytes: 1024, checkpoints: 0, checkpointBytes: 0 });
    expect(store.runQueue.events('run-1').map(({ words }) => words)).toEqual([
      'Its checkpoints were deleted on request; it cannot be trained any further.',
    ]);
  });

  it('stays as it is while the run needs its checkpoints', async () => {
    store.runs.setRunState('run-2', 'training');
    const { removeCheckpoints } = diskUseOperations(folder.path, store, runDirectory);
    await expect(removeCheckpoints('run-2')).rejects.toMatchObject({ code: 'BUSY' });
    expect(existsSync(join(runDirectory('run-2'), 'checkpoints', '000003.checkpoint'))).toBe(true);
  });
});
