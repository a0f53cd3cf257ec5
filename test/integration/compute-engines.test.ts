/** The two engines against each other, in small: same numbers, no tensors left behind, and wasm beside them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Architecture } from '../../src-shared/contract/vocabulary.ts';
import { startWasm } from '../../src-main/compute/backends/wasm.ts';
import { createRandom } from '../../src-main/compute/data/random.ts';
import { assembleBatch } from '../../src-main/compute/data/assemble.ts';
import { startAssembler } from '../../src-main/compute/data/assembler.ts';
import { openInputs } from '../../src-main/compute/data/inputs.ts';
import { initialValues } from '../../src-main/compute/network/initialise.ts';
import { Network } from '../../src-main/compute/network/network.ts';
import type { Operations } from '../../src-main/compute/network/operations.ts';
import { createOptimiser } from '../../src-main/compute/network/optimiser.ts';
import { networkTensors } from '../../src-main/compute/training/checkpoints/tensors.ts';
import { featureSamples } from '../../src-main/compute/training/features.ts';
import { architectures } from '../../models/index.ts';
import { nativeBackend } from '../helpers/compute.ts';

const size = 32;
const batch = 4;
const folder = mkdtempSync(join(tmpdir(), 'parenchyma-engines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Trained {
  losses: number[];
  logits: Float32Array;
  tensorsBefore: number;
  tensorsBetween: number[];
  tensorsAfter: number;
}

function pixelsOf(ops: Operations<unknown>): unknown {
  const random = createRandom(9, 'pixels');
  const values = Float32Array.from({ length: batch * size * size * 3 }, () => random.normal());
  return ops.upload(values, [batch, size, size, 3]);
}

/** Three steps with dropout, then inference; counts tensors on the way. */
function trainBriefly(
  ops: Operations<unknown>,
  architecture: Architecture,
  optimiserName: 'adam' | 'sgd',
  freeze: 'none' | number = 'none',
): Trained {
  const tensorsBefore = ops.liveTensors();
  const description = { architecture, head: 'compact' as const, classes: 2 };
  const network = new Network(ops, description, { imageSize: size, freeze }, (one) => initialValues(one, 3));
  const optimiser = createOptimiser<unknown>({
    optimiser: optimiserName,
    learningRate: optimiserName === 'adam' ? 1e-5 : 1e-3,
    weightDecay: 1e-3,
    momentum: 0.9,
  });
  const pixels = pixelsOf(ops);
  const losses: number[] = [];
  const tensorsBetween: number[] = [];
  for (let step = 0; step < 3; step += 1) {
    optimiser.begin();
    const frozen = network.prepare('frozen');
    const input = frozen.run(pixels);
    const random = createRandom(step, 'dropout');
    const { weightedSum } = network.train(
      { input, labels: [0, 1, 1, 0], classWeights: [1, 1], random },
      optimiser.update,
      optimiser.updateByProduct,
    );
    ops.dispose(input);
    frozen.dispose();
    losses.push(weightedSum / batch);
    tensorsBetween.push(ops.liveTensors());
  }
  const prepared = network.prepare('all');
  const output = prepared.run(pixels);
  const logits = Float32Array.from(ops.download(output));
  ops.dispose(output, pixels);
  prepared.dispose();
  network.dispose();
  return { losses, logits, tensorsBefore, tensorsBetween, tensorsAfter: ops.liveTensors() };
}

describe.each([
  ['vgg16', 'sgd', 'none'],
  ['vgg19_bn', 'adam', 'none'],
  ['vgg19_bn', 'sgd', 5],
] as const)('%s with %s, frozen: %s', (architecture, optimiser, freeze) => {
  let composed: Trained;
  let fused: Trained;

  beforeAll(async () => {
    const native = await nativeBackend();
    composed = trainBriefly(native.composed(), architecture, optimiser, freeze);
    fused = trainBriefly(native.fused()!, architecture, optimiser, freeze);
  });

  it('gives the same losses and outputs in both engines', () => {
    fused.losses.forEach((loss, step) => expect(loss).toBeCloseTo(composed.losses[step]!, 3));
    const largest = Math.max(...composed.logits.map(Math.abs));
    fused.logits.forEach((logit, index) =>
      expect(Math.abs(logit - composed.logits[index]!) / largest).toBeLessThan(2e-3),
    );
  });

  it('leaves no tensors behind, neither between steps nor at the end', () => {
    for (const { tensorsBefore, tensorsBetween, tensorsAfter } of [composed, fused]) {
      expect(tensorsAfter).toBe(tensorsBefore);
      expect(tensorsBetween[2]).toBe(tensorsBetween[1]);
    }
  });
});

describe('what a checkpoint holds', () => {
  it('is the same in parts as in one piece, on both engines, and leaves no tensors behind', async () => {
    const native = await nativeBackend();
    for (const ops of [native.composed(), native.fused()!] as Operations<unknown>[]) {
      const before = ops.liveTensors();
      const description = { architecture: 'vgg19_bn' as const, head: 'compact' as const, classes: 2 };
      const network = new Network(ops, description, { imageSize: size, freeze: 12 }, (one) => initialValues(one, 3));
      const held = ops.liveTensors();
      const whole = [...networkTensors(ops, network).values()];
      const parts = [...networkTensors(ops, network, 100_000).values()];
      expect(parts.length).toBeGreaterThan(whole.length);
      expect(Math.max(...parts.map((values) => values.length))).toBeLessThanOrEqual(100_000);
      expect(hashOf(parts)).toBe(hashOf(whole));
      expect(ops.liveTensors()).toBe(held);
      network.dispose();
      expect(ops.liveTensors()).toBe(before);
    }
  });
});

function hashOf(parts: readonly Float32Array[]): string {
  const hash = createHash('sha256');
  for (const values of parts) hash.update(values);
  return hash.digest('hex');
}

describe('the full head', () => {
  it('draws dropout masks from the seed', async () => {
    const ops = (await nativeBackend()).fused()!;
    const description = { architecture: 'vgg16' as const, head: 'full' as const, classes: 2 };
    const network = new Network(ops, description, { imageSize: size, freeze: 'backbone' }, ({ shape, kind }) =>
      new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(kind === 'vector' ? 0.1 : 1e-4),
    );
    const features = ops.upload(new Float32Array(512).fill(1), [1, 1, 1, 512]);
    const lossWith = (seed: number | null) => {
      const random = seed === null ? null : createRandom(seed, 'dropout');
      return network.train(
        { input: features, labels: [0], classWeights: [1, 3], random },
        (name, variable, gradient) => {
          if (name === 'classifier.6.weight') {
            const sum = ops.download(gradient).reduce((total, value) => total + Math.abs(value), 0);
            expect(sum).toBeGreaterThan(0);
          }
          expect(variable.shape.length).toBeGreaterThan(0);
          ops.dispose(gradient);
        },
      ).probabilities[0];
    };
    expect(lossWith(1)).toBe(lossWith(1));
    ops.dispose(features);
    network.dispose();
  });
});

describe.each(['backbone', 3] as const)('cached features of the frozen part: %s', (freeze) => {
  it('equal what that part gives for the pixels, mirrored in half of the cases in training', async () => {
    const ops = (await nativeBackend()).fused()!;
    const random = createRandom(4, 'images');
    const file = { path: join(folder, 'inputs.u8'), size, count: 6 };
    writeFileSync(
      file.path,
      Uint8Array.from({ length: file.count * size * size }, () => random.below(256)),
    );
    const network = new Network(
      ops,
      { architecture: 'vgg19_bn', head: 'compact', classes: 2 },
      { imageSize: size, freeze },
      (one) => initialValues(one, 3),
    );
    const { normalisation } = architectures.vgg19_bn;
    const frozen = network.prepare('frozen');
    const items = Array.from({ length: file.count }, (_, index) => ({
      index,
      label: index % 2,
      set: index < 4 ? ('training' as const) : ('validation' as const),
    }));
    const shape = network.frozenShape(size);
    const cached = await featureSamples(
      { directory: join(folder, `cache ${freeze}`), key: {}, items, mirrored: true, shape, seed: 1 },
      {
        ops,
        assembler: startAssembler({ file, normalisation }),
        size,
        frozen,
        batchSize: 4,
        onProgress: async () => undefined,
      },
    );
    const inputs = openInputs(file);
    const featuresOf = (mirrored: boolean) => {
      const images = items.map(({ index }) => ({ index, mirrored }));
      const values = assembleBatch(inputs, normalisation, { images, augmentation: null });
      const pixels = ops.upload(values, [items.length, size, size, 3]);
      const features = frozen.run(pixels);
      const downloaded = Float32Array.from(ops.download(features));
      ops.dispose(pixels, features);
      return downloaded;
    };
    const cachedFeatures = async (epoch: number | null) => {
      const { value } = await cached.batches([items.slice(0, epoch === null ? 6 : 4)], epoch).next();
      const values = Float32Array.from(ops.download(value));
      ops.dispose(value);
      return values;
    };
    const [plain, mirrored] = [featuresOf(false), featuresOf(true)];
    const length = plain.length / items.length;
    const differs = (a: Float32Array, b: Float32Array, image: number) =>
      a.subarray(image * length, (image + 1) * length).some((value, place) => {
        return Math.abs(value - b[image * length + place]!) > 1e-3;
      });
    const found = await cachedFeatures(null);
    expect(items.filter((_, image) => differs(found, plain, image))).toEqual([]);
    let turned = 0;
    for (let epoch = 1; epoch <= 10; epoch += 1) {
      const values = await cachedFeatures(epoch);
      for (let image = 0; image < 4; image += 1) {
        if (!differs(values, plain, image)) continue;
        expect(differs(values, mirrored, image)).toBe(false);
        turned += 1;
      }
    }
    expect(turned).toBeGreaterThan(8);
    expect(turned).toBeLessThan(32);
    frozen.dispose();
    network.dispose();
    inputs.close();
    await cached.close();
  });
});

describe('wasm', () => {
  it('trains the compact head, and gives the native numbers', async () => {
    const native = trainBriefly((await nativeBackend()).fused()!, 'vgg16', 'sgd');
    const wasm = trainBriefly((await startWasm()).composed(), 'vgg16', 'sgd');
    wasm.losses.forEach((loss, step) => expect(loss).toBeCloseTo(native.losses[step]!, 3));
    expect(wasm.tensorsAfter).toBe(wasm.tensorsBefore);
  });
});
