/**
 * A long training holds no more at its end than after its second epoch: neither tensors nor memory. 12 epochs as a rule; with
 * PARENCHYMA_THOROUGH=1 the 100 of the proof (about three minutes).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TrainJob } from '../../src-shared/contract/compute.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import { createRandom } from '../../src-main/compute/data/random.ts';
import { collectGarbage } from '../../src-main/compute/memory.ts';
import { train } from '../../src-main/compute/training/train.ts';
import { nativeBackend } from '../helpers/compute.ts';

const thorough = process.env.PARENCHYMA_THOROUGH === '1';
const epochs = thorough ? 100 : 12;
/**
 * The allocator keeps what it once had in pieces; how many depends on what else the machine does. That settles within the first tens of
 * epochs, so that the proof is stricter than the short run.
 */
const mostGrowth = thorough ? 1.05 : 1.15;
const size = 32;
const count = 40;
const folder = mkdtempSync(join(tmpdir(), 'parenchyma-endurance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const random = createRandom(3, 'images');
const path = join(folder, 'inputs.u8');
writeFileSync(
  path,
  Uint8Array.from({ length: count * size * size }, () => random.below(256)),
);

function jobOf(configuration: Partial<TrainJob['configuration']>): TrainJob {
  return {
    kind: 'train',
    job: 'endurance',
    resume: false,
    stopAfterEpoch: null,
    checkpointEverySeconds: 300,
    runDirectory: mkdtempSync(join(folder, 'run-')),
    cacheDirectory: join(folder, 'cache'),
    inputs: { path, size, count },
    items: Array.from({ length: count }, (_, index) => ({
      index,
      label: index % 2,
      set: index < 28 ? ('training' as const) : ('validation' as const),
    })),
    classes: ['without', 'with'],
    positive: 1,
    snapshotSha256: 'a'.repeat(64),
    softwareVersion: 'test',
    configuration: {
      ...defaultRunConfiguration,
      architecture: 'vgg19_bn',
      head: 'compact',
      preprocessing: { imageSize: size, window: null },
      // So small that no epoch is better than the first: what is measured is training, not the writing of models.
      learningRate: 1e-9,
      epochs,
      ...configuration,
    },
  };
}

describe.each([
  ['everything trained', {}],
  ['mixed precision', { precision: 'mixed' }],
  ['SGD, the first five convolutions frozen', { optimiser: 'sgd', freeze: 5 }],
  ['a frozen backbone', { freeze: 'backbone' }],
] as const)('%s', (name, configuration) => {
  it(`for ${epochs} epochs leaves tensors and memory where the second had them`, async ({ skip }) => {
    const native = await nativeBackend();
    const ops = native.fused()!;
    if ('precision' in configuration && ops.mixedPrecision === undefined) {
      skip('this processor does not multiply bfloat16');
    }
    const seen: { tensors: number; bytes: number }[] = [];
    const run = {
      job: 'endurance',
      resume: false,
      stopAfterEpoch: null,
      checkpointEverySeconds: 300,
      cancelled: () => false,
      pausing: () => false,
      emit: ({ kind }: { kind: string }) => {
        if (kind !== 'epoch') return;
        collectGarbage();
        seen.push({ tensors: ops.liveTensors(), bytes: process.memoryUsage().rss });
      },
    };
    const before = ops.liveTensors();
    await train(ops, native.info, jobOf(configuration), run);
    expect(seen).toHaveLength(epochs);
    const [second, last] = [seen[1]!, seen.at(-1)!];
    const megabytes = [1, 0.25, 0.5, 0.75, 1].map((share, place) => {
      const epoch = place === 0 ? 2 : Math.round(share * epochs);
      return `${epoch}: ${(seen[epoch - 1]!.bytes / 1e6).toFixed(0)}`;
    });
    console.log(`${name}: ${second.tensors} tensors, then ${last.tensors}; MB by epoch ${megabytes.join(', ')}`);
    expect(last.tensors).toBe(second.tensors);
    expect(last.bytes).toBeLessThan(mostGrowth * second.bytes);
    expect(ops.liveTensors()).toBe(before);
  });
});
