import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/helpers/commandLine.ts';
import { ComputeFailure } from '../engine/index.ts';
import { createWeightsCheck } from './weightsCheck.ts';

it('reads a file once as long as it stays the same, and says what does not fit', async () => {
  const folder = temporaryFolder('weights-check');
  const path = join(folder.path, 'weights.safetensors');
  writeFileSync(path, 'x');
  let asked = 0;
  let busy = true;
  const check = createWeightsCheck({
    inspectWeights: async () => {
      asked += 1;
      if (busy) throw new ComputeFailure('BUSY', 'Something else is computed.', '');
      const problems = ['features.0.weight is missing', 'b', 'c', 'd'];
      return { kind: 'weightsInspected', job: '1', sha256: 'a'.repeat(64), matched: 0, problems };
    },
  });
  const wish = { weights: path, architecture: 'vgg16', head: 'full' } as const;
  expect(await check(wish)).toEqual([]);
  busy = false;
  const [problem] = await check(wish);
  expect(problem).toMatchObject({ severity: 'blocks' });
  expect(problem?.message).toBe('weights.safetensors does not fit: features.0.weight is missing; b; c; and 1 more.');
  await check(wish);
  expect(asked).toBe(2);
  writeFileSync(path, 'xy');
  await check(wish);
  expect(asked).toBe(3);
  expect(await check({ ...wish, weights: join(folder.path, 'gone') })).toEqual([]);
  expect(await check({ ...wish, weights: null })).toEqual([]);
  expect(asked).toBe(3);
  folder.remove();
});
