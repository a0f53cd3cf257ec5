/**
 * The memory that a training takes is what the check before it estimates; and memory that runs out, under a real limit, is
 * recognised and explained, and the next, smaller job works. `npm run bench -- memory` measures the whole grid.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startWasm } from '../../src-main/compute/backends/wasm.ts';
import { asJobFailure } from '../../src-main/compute/failure.ts';
import { createComputeClient, forkCompute } from '../../src-main/engine/index.ts';
import { defaultRunConfiguration, noAugmentation } from '../../src-shared/contract/training.ts';
import { estimateTraining } from '../../src-main/training/memoryEstimate.ts';
import { memoryCases, trainJob } from '../../bench/memory/cases.ts';
import { installedEngine } from '../helpers/compute.ts';

const folder = mkdtempSync(join(tmpdir(), 'parenchyma-memory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function job(batchSize: number) {
  const made = trainJob(
    {
      name: '',
      configuration: {
        ...defaultRunConfiguration,
        architecture: 'vgg16',
        head: 'compact',
        freeze: 'backbone',
        batchSize,
        preprocessing: { imageSize: 128, window: null },
        augmentation: noAugmentation,
        epochs: 1,
      },
    },
    folder,
  );
  writeFileSync(made.inputs.path, new Uint8Array(made.inputs.count * made.inputs.size ** 2).fill(100));
  return made;
}

describe('the estimate', () => {
  const cheap = memoryCases('tensorflow', true).filter(
    ({ configuration }) => configuration.preprocessing.imageSize <= 64,
  );

  it.each(cheap)('is within 20 % of what is used: $name', async (one) => {
    const client = createComputeClient({
      fork: forkCompute,
      engine: await installedEngine(),
      backends: ['tensorflow'],
    });
    try {
      const made = trainJob(one, folder);
      writeFileSync(made.inputs.path, new Uint8Array(made.inputs.count * made.inputs.size ** 2).fill(100));
      const { peakMemoryBytes } = await client.train(made, () => undefined, new AbortController().signal);
      const { hostBytes } = estimateTraining(one.configuration, { backend: 'tensorflow', classes: 2 });
      expect(hostBytes / peakMemoryBytes).toBeGreaterThan(0.8);
      expect(hostBytes / peakMemoryBytes).toBeLessThan(1.2);
    } finally {
      await client.close();
    }
  });
});

const can = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;
const why = can ? '' : ' (skipped: no prlimit here)';
const children = () =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);

describe.skipIf(!can)(`a limit on memory${why}`, () => {
  it('ends a training that needs more, in words and with what is kept; a smaller one then runs in a fresh process', async () => {
    const before = new Set(children());
    const client = createComputeClient({
      fork: forkCompute,
      engine: await installedEngine(),
      backends: ['tensorflow'],
    });
    try {
      await client.status();
      const pid = children().find((child) => !before.has(child))!;
      const data = Number(/VmData:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
      execFileSync('prlimit', ['--pid', pid, `--data=${data + 200e6}`]);
      // Processes inherit their limits, so that the host of a limited one is limited too; this one generously.
      execFileSync('prlimit', ['--pid', String(process.pid), '--data=1000000000000:']);
      const failed = client.train(job(64), () => undefined, new AbortController().signal);
      await expect(failed).rejects.toMatchObject({
        code: 'OUT_OF_MEMORY',
        message: expect.stringContaining('memory was not enough for this configuration'),
        kept: expect.stringContaining('unchanged'),
      });
      const trained = await client.train(job(1), () => undefined, new AbortController().signal);
      expect(trained.outcome).toBe('finished');
    } finally {
      execFileSync('prlimit', ['--pid', String(process.pid), '--data=unlimited:']);
      await client.close();
    }
  });
});

const room = freemem() > 7e9;
describe.skipIf(!room)(`WebAssembly’s heap${room ? '' : ' (skipped: 7 GB of memory are not free)'}`, () => {
  it('when full, says so and names itself', async () => {
    const ops = (await startWasm(1)).composed();
    const large = new Float32Array(2 ** 27);
    let failure: unknown = null;
    try {
      for (let count = 0; count < 12; count += 1) ops.upload(large, [large.length]);
    } catch (error) {
      failure = error;
    }
    const { code, message } = asJobFailure(failure);
    expect(code).toBe('OUT_OF_MEMORY');
    expect(message).toContain('WebAssembly’s memory');
  });
});
