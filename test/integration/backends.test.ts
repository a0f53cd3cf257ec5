/** The chain of backends: each proves itself on the stored case in a process of its own, each refusal says what to do. */
import { afterEach, describe, expect, it } from 'vitest';
import { backendNameSchema, type BackendName } from '../../src-shared/contract/vocabulary.ts';
import { storedCaseError, tolerance } from '../../src-main/compute/backends/self-test.ts';
import { eraseTensor } from '../../src-main/compute/backends/tensorflow.ts';
import { startWasm } from '../../src-main/compute/backends/wasm.ts';
import { createRandom } from '../../src-main/compute/data/random.ts';
import { graphicsOperations } from '../../src-main/compute/network/graphics.ts';
import type { NativeTensor } from '../../src-main/compute/network/native.ts';
import type { Operations, TrainingConvolutions } from '../../src-main/compute/network/operations.ts';
import { createComputeClient, forkCompute, type ComputeClient, type ForkCompute } from '../../src-main/engine/index.ts';
import { installedEngine, nativeBackend } from '../helpers/compute.ts';
import { vulkanEnvironment } from '../helpers/webgpu.ts';

let client: ComputeClient | null = null;
afterEach(async () => {
  await client?.close();
  client = null;
});

const noEngine = { engine: null, refusals: [] };

/** Counts the processes that were started, and for what they were. */
function countingFork(environment: Record<string, string> = {}): { fork: ForkCompute; started: () => number } {
  let count = 0;
  return {
    fork(variables) {
      count += 1;
      return forkCompute({ ...variables, ...environment });
    },
    started: () => count,
  };
}

describe('the stored case, to the stated tolerance', () => {
  const expectRight = (name: string, ops: Operations<unknown>) => {
    const { error, where } = storedCaseError(ops);
    expect(error, `${name}: ${where}`).toBeLessThan(tolerance);
  };

  it('is reproduced by both native engines', async () => {
    const native = await nativeBackend();
    expectRight('composed', native.composed());
    expectRight('fused', native.fused()!);
  });

  it('is reproduced by the kernels for graphics cards, which TensorFlow has for the processor too', async () => {
    const { binding } = await nativeBackend();
    expectRight('graphics', eraseTensor(graphicsOperations(binding, false)));
    expect(graphicsOperations(binding, false).mixedPrecision).toBeUndefined();
  });

  it('mixed precision on a graphics card is off by no more than bfloat16 rounds', async () => {
    const { binding } = await nativeBackend();
    const ops = graphicsOperations(binding, true);
    const before = ops.liveTensors();
    const noise = createRandom(2, 'mixed');
    const random = (...shape: number[]) => {
      const count = shape.reduce((product, length) => product * length, 1);
      return ops.upload(
        Float32Array.from({ length: count }, () => noise.normal()),
        shape,
      );
    };
    const [input, filter, bias, gradient] = [
      random(2, 8, 8, 16),
      random(3, 3, 16, 24),
      random(24),
      random(2, 8, 8, 24),
    ];
    const all = (convolutions: TrainingConvolutions<NativeTensor>) => {
      const output = convolutions.convolve(input, filter, bias, true);
      const slopes = convolutions.convolutionGradients(input, filter, gradient, true);
      const tensors = [output, slopes.input!, slopes.filter, slopes.bias];
      const values = tensors.map((tensor) => ops.download(tensor).slice());
      ops.dispose(...tensors);
      return values;
    };
    const exact = all(ops);
    all(ops.mixedPrecision!).forEach((values, index) => {
      const difference = Math.hypot(...values.map((value, place) => value - exact[index]![place]!));
      expect(difference / Math.hypot(...exact[index]!)).toBeLessThan(2 ** -7);
    });
    ops.dispose(input, filter, bias, gradient);
    expect(ops.liveTensors()).toBe(before);
  });

  it('is not reproduced by an engine that is wrong in one place', async () => {
    const ops = (await nativeBackend()).composed();
    const wrong: Operations<unknown> = {
      ...ops,
      reluGradient: (gradient) => ops.reshape(gradient, ops.shape(gradient)),
    };
    expect(storedCaseError(wrong).error).toBeGreaterThan(tolerance);
  });

  it('is reproduced by WebAssembly with threads', async () => {
    const { info, composed } = await startWasm(2);
    expect(info.threads).toBe(2);
    expectRight('wasm', composed());
  });
});

describe('the chain', () => {
  it('tries the backends in their order and takes the first that proves itself', async () => {
    const { fork, started } = countingFork();
    client = createComputeClient({ fork, engine: await installedEngine() });
    const { chosen, refusals } = await client.status();
    expect(backendNameSchema.options).toEqual(['tensorflow-gpu', 'tensorflow', 'webgpu', 'wasm']);
    expect(chosen?.backend).toBe('tensorflow');
    expect(refusals.map(({ backend }) => backend)).toEqual(['tensorflow-gpu']);
    expect(started()).toBe(1);
  });

  it('ends at WebAssembly on a machine with nothing else, and says what each better one lacks', async () => {
    // No driver at all: also where the machine has one, no device is found under this name.
    const { fork, started } = countingFork({ VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' });
    client = createComputeClient({ fork, engine: noEngine });
    const { chosen, refusals } = await client.status();
    expect(chosen).toMatchObject({ backend: 'wasm' });
    expect(refusals.map(({ backend, code }) => [backend, code])).toEqual([
      ['tensorflow-gpu', 'NOT_INSTALLED'],
      ['tensorflow', 'NOT_INSTALLED'],
      ['webgpu', 'NO_ADAPTER'],
    ]);
    for (const { reason } of refusals) expect(reason.length).toBeGreaterThan(40);
    // WebGPU and WebAssembly each in a fresh process; the native ones had nothing to start.
    expect(started()).toBe(2);
  });

  it('keeps to the backends that were named, and says so when they do not work', async () => {
    const { fork } = countingFork();
    client = createComputeClient({ fork, engine: noEngine, backends: ['tensorflow'] });
    expect(await client.status()).toMatchObject({ chosen: null, refusals: [{ backend: 'tensorflow' }] });
    const { chosen, refusals } = await client.prefer(['wasm']);
    expect(chosen?.backend).toBe('wasm');
    expect(refusals).toEqual([]);
  });

  it('a process that dies while it proves its backend is a refusal, and the next one is tried', async () => {
    let first = true;
    const fork: ForkCompute = (environment) => {
      const channel = forkCompute(environment);
      if (first) channel.kill();
      first = false;
      return channel;
    };
    client = createComputeClient({ fork, engine: await installedEngine(), backends: ['tensorflow', 'wasm'] });
    const { chosen, refusals } = await client.status();
    expect(chosen?.backend).toBe('wasm');
    expect(refusals).toMatchObject([{ backend: 'tensorflow', code: 'PROCESS_DIED' }]);
  });

  it('WebAssembly does without threads where they do not start', async () => {
    let starts = 0;
    const fork: ForkCompute = (environment) => {
      const channel = forkCompute(environment);
      starts += 1;
      if (starts === 1) channel.kill();
      return channel;
    };
    client = createComputeClient({ fork, engine: noEngine, backends: ['wasm'] });
    const { chosen } = await client.status();
    expect(chosen).toMatchObject({ backend: 'wasm', threads: 1 });
  });

  it('a GPU backend whose library has no GPU is refused in words', async () => {
    const { engine } = await installedEngine();
    const pretending = { engine: { ...engine!, gpu: true }, refusals: [] };
    client = createComputeClient({ fork: countingFork().fork, engine: pretending, backends: ['tensorflow-gpu'] });
    const { chosen, refusals } = await client.status();
    expect(chosen).toBeNull();
    expect(refusals).toMatchObject([{ code: 'NO_GPU_DEVICE' }]);
    expect(refusals[0]!.reason).toContain('nvidia-smi');
  });
});

const vulkan = vulkanEnvironment();
const why =
  vulkan === null ? ' (skipped: no Vulkan driver with a software device; Debian’s package chromium has one)' : '';

describe.skipIf(vulkan === null)(`WebGPU through Dawn${why}`, () => {
  const start = (backends: BackendName[]) => {
    client = createComputeClient({ fork: countingFork(vulkan!).fork, engine: noEngine, backends });
    return client.status();
  };

  it('proves itself on the stored case in a process of its own', async () => {
    const { chosen, refusals } = await start(['webgpu']);
    expect(refusals).toEqual([]);
    expect(chosen?.backend).toBe('webgpu');
  });

  it('is not taken by itself where its device only computes on the processor', async () => {
    client = createComputeClient({ fork: countingFork(vulkan!).fork, engine: noEngine });
    const { chosen, refusals } = await client.status();
    const refusal = refusals.find(({ backend }) => backend === 'webgpu');
    // On a machine with a real graphics card it is taken, and rightly so.
    if (refusal === undefined) expect(chosen?.backend).toBe('webgpu');
    else expect(refusal.code).toBe('SOFTWARE_ADAPTER');
  });
});
