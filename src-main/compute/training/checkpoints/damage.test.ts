/** Every damage to a checkpoint is seen, and the one before is taken. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { beginCourse, stateOf } from '../course.ts';
import { checkpointFolder } from './folder.ts';
import type { TrainingState } from './state.ts';

const parent = mkdtempSync(join(tmpdir(), 'parenchyma-checkpoints-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const identity = 'c'.repeat(64);
const nothing = () => null;

function stateAt(epoch: number): TrainingState {
  const course = { ...beginCourse() };
  course.progress.epoch = epoch;
  return stateOf(course, {
    identity,
    optimiser: { count: 3 * epoch },
    tensors: [{ name: 'weights', shape: [4, 5], moments: 1 }],
    lastLosses: [0.5, 0.25],
  });
}

const tensorsAt = (epoch: number) => [new Float32Array(20).fill(epoch), new Float32Array(20).fill(-epoch)];

/** A folder with checkpoints of these epochs, oldest first. */
async function written(epochs: readonly number[]) {
  const directory = mkdtempSync(join(parent, 'run-'));
  const folder = checkpointFolder(directory);
  for (const epoch of epochs) await folder.write(stateAt(epoch), tensorsAt(epoch));
  const paths = readdirSync(join(directory, 'checkpoints'))
    .sort()
    .map((name) => join(directory, 'checkpoints', name));
  return { folder, paths };
}

async function newest(folder: Awaited<ReturnType<typeof written>>['folder'], lacks = nothing as () => string | null) {
  const { found, refused } = await folder.newestSound(identity, lacks);
  if (found === null) return { epoch: null, values: [], refused };
  const values = [await found.reader.read(20), await found.reader.read(20)];
  await found.reader.close();
  return { epoch: found.state.progress.epoch, values, refused };
}

describe('checkpoints', () => {
  it('come back as they were written, of three generations the newest', async () => {
    const { folder, paths } = await written([1, 2, 3, 4, 5]);
    expect(paths.map((path) => path.slice(-17))).toEqual([
      '000003.checkpoint',
      '000004.checkpoint',
      '000005.checkpoint',
    ]);
    expect(await newest(folder)).toEqual({ epoch: 5, values: tensorsAt(5), refused: [] });
    await folder.keepNewest();
    expect(await newest(folder)).toMatchObject({ epoch: 5 });
  });

  it('are refused whatever happens to a byte of them, or where they end: two hundred times', async () => {
    const { folder, paths } = await written([1, 2]);
    const path = paths[1]!;
    const whole = readFileSync(path);
    const random = createRandom(7, 'damage');
    let refused = 0;
    for (let trial = 0; trial < 200; trial += 1) {
      // Every tenth is cut short, the first of them to nothing; in the others one bit is turned.
      const place = trial === 0 ? 0 : random.below(whole.length);
      if (trial % 10 === 0) {
        truncateSync(path, place);
      } else {
        const damaged = Buffer.from(whole);
        damaged[place]! ^= 1 << random.below(8);
        writeFileSync(path, damaged);
      }
      const found = await newest(folder);
      expect(found).toMatchObject({ epoch: 1, values: tensorsAt(1) });
      expect(found.refused[0]).toMatch(/^checkpoint 2 is damaged \(.+\)$/);
      refused += found.refused.length;
      writeFileSync(path, whole);
    }
    expect(refused).toBe(200);
    expect(await newest(folder)).toMatchObject({ epoch: 2, refused: [] });
  });

  it('with something appended, or of another program, are refused', async () => {
    const { folder, paths } = await written([1, 2]);
    writeFileSync(paths[1]!, Buffer.concat([readFileSync(paths[1]!), Buffer.from([0])]));
    expect(await newest(folder)).toMatchObject({ epoch: 1 });
    writeFileSync(paths[1]!, Buffer.alloc(4096, 'x'));
    const { refused } = await newest(folder);
    expect(refused).toEqual(['checkpoint 2 is damaged (it does not begin like a checkpoint of this version)']);
  });

  it('of another run, or without what they need beside them, are not used, and that is said', async () => {
    const { folder } = await written([1]);
    expect((await folder.newestSound('d'.repeat(64), nothing)).refused).toEqual([
      'checkpoint 1 belongs to another run or configuration',
    ]);
    expect(await newest(folder, () => 'lacks its model')).toEqual({
      epoch: null,
      values: [],
      refused: ['checkpoint 1 lacks its model'],
    });
  });

  it('half written when the process ended are no checkpoints and are cleared away', async () => {
    const { folder, paths } = await written([1, 2]);
    writeFileSync(`${paths[1]!.replace('000002', '000003')}.tmp`, readFileSync(paths[1]!).subarray(0, 100));
    expect(await newest(folder)).toMatchObject({ epoch: 2, refused: [] });
    await folder.removeDrafts();
    expect(readdirSync(join(paths[0]!, '..'))).toHaveLength(2);
  });

  it('that cannot be written leave the ones before and say why', async () => {
    const { folder, paths } = await written([1]);
    const broken = function* () {
      yield new Float32Array(20);
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    await expect(folder.write(stateAt(2), broken())).rejects.toMatchObject({
      code: 'DISK',
      message: expect.stringContaining('no space left'),
    });
    expect(await newest(folder)).toMatchObject({ epoch: 1, refused: [] });
    expect(readdirSync(join(paths[0]!, '..'))).toHaveLength(1);
  });
});
