/** The compute process on real TensorFlow: training, cancel, crash, determinism, kept models. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComputeEvent, TrainItem, TrainJobInput } from '../../src-shared/contract/compute.ts';
import { defaultRunConfiguration, type RunConfiguration } from '../../src-shared/contract/training.ts';
import {
  createComputeClient,
  forkCompute,
  type ComputeChannel,
  type ComputeClient,
  type EngineInstallation,
} from '../../src-main/engine/index.ts';
import { createRandom } from '../../src-main/compute/data/random.ts';
import { installedEngine } from '../helpers/compute.ts';

const size = 32;
const count = 48;
const folders: string[] = [];
let engine: EngineInstallation;
let inputsPath: string;
const channels: ComputeChannel[] = [];
let client: ComputeClient;

/** Noise, with a large bright disc somewhere in every second image. */
function writeImages(path: string): void {
  const random = createRandom(5, 'test images');
  const pixels = new Uint8Array(count * size * size);
  for (let image = 0; image < count; image += 1) {
    const [x, y] = [8 + random.below(16), 8 + random.below(16)];
    for (let place = 0; place < size * size; place += 1) {
      const inside = Math.hypot((place % size) - x, Math.floor(place / size) - y) < 9;
      pixels[image * size * size + place] = 80 + random.below(50) + (image % 2 === 1 && inside ? 120 : 0);
    }
  }
  writeFileSync(path, pixels);
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'parenchyma-compute-'));
  folders.push(path);
  return path;
}

const items: TrainItem[] = Array.from({ length: count }, (_, index) => ({
  index,
  label: index % 2,
  set: index < 32 ? 'training' : 'validation',
}));

function trainInput(directory: string, changes: Partial<RunConfiguration>): TrainJobInput {
  return {
    runDirectory: directory,
    cacheDirectory: join(directory, 'cache'),
    inputs: { path: inputsPath, size, count },
    items,
    classes: ['without', 'with'],
    positive: 1,
    snapshotSha256: 'a'.repeat(64),
    softwareVersion: 'test',
    configuration: {
      ...defaultRunConfiguration,
      architecture: 'vgg19_bn',
      head: 'compact',
      augmentation: { flip: true, cropScale: 1, brightness: 0, contrast: 0 },
      preprocessing: { imageSize: size, window: null },
      learningRate: 1e-3,
      epochs: 2,
      ...changes,
    },
  };
}

const never = new AbortController().signal;

beforeAll(async () => {
  engine = await installedEngine();
  inputsPath = join(folder(), 'inputs.u8');
  writeImages(inputsPath);
  const fork = (environment: Record<string, string>) => {
    const channel = forkCompute(environment);
    channels.push(channel);
    return channel;
  };
  client = createComputeClient({ fork, engine, backends: ['tensorflow'] });
});

afterAll(async () => {
  await client?.close();
  await client?.close();
  folders.forEach((path) => rmSync(path, { recursive: true, force: true }));
});

describe('the compute process', () => {
  it('says which backend it chose', async () => {
    const { chosen } = await client.status();
    expect(chosen).toMatchObject({ backend: 'tensorflow', libraryVersion: 'TensorFlow 2.21.0' });
  });

  it('learns to tell the classes apart, reports, keeps the best epoch, and predicts the same from it', async () => {
    const directory = folder();
    const events: ComputeEvent[] = [];
    const trained = await client.train(trainInput(directory, { epochs: 5 }), (event) => events.push(event), never);
    const records = events.filter((event) => event.kind === 'epoch').map((event) => event.record);
    expect(records).toHaveLength(5);
    const best = records.filter((record) => record.best).at(-1)!;
    expect(best.validation.accuracy).toBeGreaterThan(0.9);
    expect(trained).toMatchObject({ outcome: 'finished', card: { epoch: best.epoch, validation: best.validation } });
    const phases = events.flatMap((event) => (event.kind === 'progress' ? [event.phase] : []));
    expect(new Set(phases)).toEqual(new Set(['loading', 'training', 'validation']));
    expect(readdirSync(directory).sort()).toEqual(['checkpoints', 'model.json', 'model.safetensors']);

    const predictInput = { modelDirectory: directory, inputs: { path: inputsPath, size, count }, batchSize: 8 };
    const probabilities = await client.predict(predictInput, () => undefined, never);
    expect(probabilities).toHaveLength(count);
    const validation = items.filter((item) => item.set === 'validation');
    const right = validation.filter(({ index, label }) => probabilities[index]![label]! > 0.5).length;
    expect(right / validation.length).toBe(best.validation.accuracy);
    const oneByOne = await client.predict({ ...predictInput, batchSize: 5 }, () => undefined, never);
    oneByOne.flat().forEach((value, index) => expect(value).toBeCloseTo(probabilities.flat()[index]!, 5));
  });

  it('gives the same run for the same seed and another for another', async () => {
    const weights = async (seed: number) => {
      const directory = folder();
      await client.train(trainInput(directory, { seed, epochs: 1, head: 'compact' }), () => undefined, never);
      return readFileSync(join(directory, 'model.safetensors'));
    };
    const first = await weights(7);
    expect((await weights(7)).equals(first)).toBe(true);
    expect((await weights(8)).equals(first)).toBe(false);
  });

  it('stops between batches when cancelled and keeps the best epoch so far', async () => {
    const directory = folder();
    const cancel = new AbortController();
    const trained = await client.train(
      trainInput(directory, { epochs: 50 }),
      (event) => event.kind === 'epoch' && cancel.abort(),
      cancel.signal,
    );
    expect(trained.outcome).toBe('cancelled');
    expect(trained.card?.epoch).toBe(1);
    expect(readdirSync(directory).sort()).toEqual(['checkpoints', 'model.json', 'model.safetensors']);
  });

  it('explains the death of the process in the middle of an epoch, keeps the model, and works again', async () => {
    const directory = folder();
    let epochs = 0;
    const training = client.train(
      trainInput(directory, { epochs: 50 }),
      (event) => {
        if (event.kind === 'epoch') epochs += 1;
        if (event.kind === 'progress' && epochs === 1 && event.phase === 'training') channels.at(-1)!.kill();
      },
      never,
    );
    await expect(training).rejects.toMatchObject({
      // What ends a process from outside without being asked is, as far as anybody can tell, the kernel short of memory.
      code: 'OUT_OF_MEMORY',
      message: expect.stringContaining('SIGKILL'),
      kept: expect.stringContaining('best epoch'),
    });
    expect(readdirSync(directory).sort()).toEqual(['checkpoints', 'model.json', 'model.safetensors']);
    const probabilities = await client.predict(
      { modelDirectory: directory, inputs: { path: inputsPath, size, count }, batchSize: 16 },
      () => undefined,
      never,
    );
    expect(probabilities).toHaveLength(count);
  });

  it('starts the compute process anew when a cancelled job does not stop in time', async () => {
    const impatient = createComputeClient({
      fork: forkCompute,
      engine,
      backends: ['tensorflow'],
      graceMilliseconds: 1,
    });
    const cancel = new AbortController();
    const training = impatient.train(
      trainInput(folder(), { epochs: 50, batchSize: 32, preprocessing: { imageSize: size, window: null } }),
      (event) => event.kind === 'progress' && event.phase === 'training' && cancel.abort(),
      cancel.signal,
    );
    await expect(
      training.then(
        (trained) => ({ code: trained.outcome.toUpperCase() }),
        (error) => error,
      ),
    ).resolves.toMatchObject({
      code: 'CANCELLED',
    });
    expect((await impatient.status()).chosen?.backend).toBe('tensorflow');
    await impatient.close();
  });

  it('stops a training that diverges, in words', async () => {
    const training = client.train(
      trainInput(folder(), { freeze: 'backbone', optimiser: 'sgd', learningRate: 10, weightDecay: 1, epochs: 50 }),
      () => undefined,
      never,
    );
    await expect(training).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringContaining('learning rate'),
    });
  });

  it('says what is wrong with inputs that are not complete', async () => {
    const short = join(folder(), 'short.u8');
    writeFileSync(short, new Uint8Array(100));
    const input = { ...trainInput(folder(), {}), inputs: { path: short, size, count } };
    await expect(client.train(input, () => undefined, never)).rejects.toMatchObject({ code: 'INPUTS_UNREADABLE' });
  });

  it('refuses a second job while one is at work', async () => {
    const cancel = new AbortController();
    const first = client.train(trainInput(folder(), { epochs: 50 }), () => undefined, cancel.signal);
    const second = client.train(trainInput(folder(), {}), () => undefined, never);
    await expect(second).rejects.toMatchObject({ code: 'BUSY' });
    cancel.abort();
    expect((await first).outcome).toBe('cancelled');
  });
});

describe('given weights', () => {
  it('start a run, with the last layer made anew, and are named in the card', async () => {
    const first = folder();
    await client.train(trainInput(first, { epochs: 1 }), () => undefined, never);
    const weights = join(first, 'model.safetensors');
    const inspected = await client.inspectWeights({ path: weights, architecture: 'vgg19_bn', head: 'compact' });
    expect(inspected.problems).toEqual([]);
    const second = folder();
    const input = { ...trainInput(second, { epochs: 1, weights }), classes: ['without', 'with', 'neither'] };
    const threeClasses = { ...input, items: items.map((item) => ({ ...item, label: item.index % 3 })) };
    const trained = await client.train(threeClasses, () => undefined, never);
    expect(trained.card?.initialWeightsSha256).toBe(inspected.sha256);
  });

  it('of another architecture are refused, tensor by tensor', async () => {
    const first = folder();
    await client.train(trainInput(first, { epochs: 1, architecture: 'vgg16' }), () => undefined, never);
    const weights = join(first, 'model.safetensors');
    const { problems } = await client.inspectWeights({ path: weights, architecture: 'vgg19_bn', head: 'compact' });
    expect(problems.some((problem) => problem.startsWith('features.1.weight is missing'))).toBe(true);
    const training = client.train(trainInput(folder(), { weights }), () => undefined, never);
    await expect(training).rejects.toMatchObject({
      code: 'WEIGHTS_REFUSED',
      message: expect.stringContaining('features.'),
    });
  });
});

describe('a frozen backbone', () => {
  it('learns from cached features, which a second run finds again', async () => {
    const directory = folder();
    const phases = async () => {
      const seen = new Set<string>();
      const trained = await client.train(
        trainInput(directory, { freeze: 'backbone', epochs: 3 }),
        (event) => event.kind === 'progress' && seen.add(event.phase),
        never,
      );
      expect(trained.outcome).toBe('finished');
      return seen;
    };
    expect(await phases()).toContain('features');
    expect(await phases()).not.toContain('features');
  });
});

describe('on WebAssembly', () => {
  it('a training with the full head is refused before it fills the memory, and the compact head trains', async () => {
    const wasm = createComputeClient({ fork: forkCompute, engine, backends: ['wasm'] });
    expect((await wasm.status()).chosen?.backend).toBe('wasm');
    const full = wasm.train(trainInput(folder(), { head: 'full' }), () => undefined, never);
    await expect(full).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringContaining('compact head'),
    });
    const compact = trainInput(folder(), { freeze: 'backbone', epochs: 1, architecture: 'vgg16' });
    expect((await wasm.train(compact, () => undefined, never)).outcome).toBe('finished');
    await wasm.close();
  });
});

describe('the choice of a backend', () => {
  it('names the reason for every backend that was passed over', async () => {
    const none: EngineInstallation = {
      engine: null,
      refusals: [
        { backend: 'tensorflow-gpu', code: 'NO_DRIVER', reason: 'No driver.' },
        { backend: 'tensorflow', code: 'NO_COMPILER', reason: 'No compiler.' },
      ],
    };
    const fallback = createComputeClient({ fork: forkCompute, engine: none });
    const { chosen, refusals } = await fallback.status();
    expect(chosen?.backend).toBe('wasm');
    // Whether WebGPU is there differs by machine; where wasm was chosen it has been passed over too.
    expect(refusals.map(({ backend }) => backend)).toEqual(['tensorflow-gpu', 'tensorflow', 'webgpu']);
    expect(refusals.slice(0, 2).map(({ code }) => code)).toEqual(['NO_DRIVER', 'NO_COMPILER']);
    expect(refusals.every(({ reason }) => reason.length > 0)).toBe(true);
    await fallback.close();
  });

  it('survives a library that cannot be loaded', async () => {
    const broken = join(folder(), 'broken.node');
    writeFileSync(broken, 'not a library');
    const damaged = { ...engine, engine: { ...engine.engine!, binding: broken } };
    const only = createComputeClient({ fork: forkCompute, engine: damaged, backends: ['tensorflow'] });
    const { chosen, refusals } = await only.status();
    expect(chosen).toBeNull();
    expect(refusals).toMatchObject([{ backend: 'tensorflow', code: 'START_FAILED' }]);
    await expect(only.train(trainInput(folder(), {}), () => undefined, never)).rejects.toMatchObject({
      code: 'NO_BACKEND',
    });
    await only.close();
  });
});
