/**
 * Models as files: what ONNX Runtime and TensorFlow.js compute from an export is what this program computes, and a model that was
 * saved here is opened in another project. The full head has half a gigabyte: with PARENCHYMA_THOROUGH=1 only.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as onnx from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { kerasNormalisation } from '../../models/keras.ts';
import { normalisedBatch } from '../../src-main/compute/data/batch.ts';
import { tensorSpecifications } from '../../src-main/compute/network/layout.ts';
import { Network } from '../../src-main/compute/network/network.ts';
import { softmax } from '../../src-main/compute/network/softmax.ts';
import { writeSafetensors } from '../../src-main/compute/weights/safetensors.ts';
import { inspectWeights } from '../../src-main/compute/weights/inspect.ts';
import { exportModel, importModel } from '../../src-main/modelFiles/index.ts';
import { openProjectStore } from '../../src-main/store/index.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { defaultRunConfiguration, modelCardSchema, type ModelCard } from '../../src-shared/contract/training.ts';
import type { Architecture, Head } from '../../src-shared/contract/vocabulary.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { nativeBackend } from '../helpers/compute.ts';
import { formulaImages, formulaWeights } from '../parity/formula.ts';

const folder = temporaryFolder('model-files');
afterAll(() => folder.remove());
const silent: JobContext = { report: () => undefined, signal: new AbortController().signal };
const thorough = process.env.PARENCHYMA_THOROUGH === '1';

/** Made once for each network: the formula for 15 million weights takes a while. */
const kept = new Map<string, Promise<[string, ModelCard]>>();
function keepModel(architecture: Architecture, head: Head, imageSize: number): Promise<[string, ModelCard]> {
  const key = `${architecture} ${head}`;
  if (!kept.has(key)) kept.set(key, makeModel(architecture, head, imageSize));
  return kept.get(key)!;
}

async function makeModel(architecture: Architecture, head: Head, imageSize: number): Promise<[string, ModelCard]> {
  const directory = join(folder.path, `${architecture}-${head}`);
  mkdirSync(directory, { recursive: true });
  const layout = tensorSpecifications({ architecture, head, classes: 3 });
  const values = (function* () {
    for (const one of layout) yield formulaWeights(one);
  })();
  const weightsSha256 = await writeSafetensors(join(directory, 'model.safetensors'), layout, values);
  const preprocessing = { imageSize, window: { level: -600, width: 1500 } };
  const card = modelCardSchema.parse({
    format: 'parenchyma-model',
    version: 1,
    architecture,
    head,
    classes: ['none', 'some', 'much'],
    positiveClass: 'some',
    preprocessing,
    // Not the usual one, so that an export that forgot it would be found out.
    normalisation: kerasNormalisation,
    epoch: 3,
    validation: { loss: 0.4, accuracy: 0.9, auc: 0.95, sensitivity: 0.9, specificity: 0.9 },
    configuration: {
      ...defaultRunConfiguration,
      architecture,
      head,
      preprocessing,
      weights: '/home/dr.smith/private/start.pth',
    },
    initialWeightsSha256: 'a'.repeat(64),
    weightsSha256,
    snapshotSha256: 'b'.repeat(64),
    softwareVersion: 'test',
    backend: {
      backend: 'tensorflow',
      libraryVersion: 'TensorFlow',
      device: 'CPU',
      driver: null,
      memoryBytes: null,
      threads: 2,
    },
    createdAt: '2026-01-01T00:00:00Z',
  });
  writeFileSync(join(directory, 'model.json'), JSON.stringify(card));
  return [directory, card];
}

async function ourProbabilities(card: ModelCard, images: Uint8Array[]): Promise<number[]> {
  const ops = (await nativeBackend()).fused()!;
  const { imageSize } = card.preprocessing;
  const description = { architecture: card.architecture, head: card.head, classes: card.classes.length };
  const network = new Network(ops, description, { imageSize, freeze: 'none' }, formulaWeights);
  const prepared = network.prepare('all');
  const pixels = normalisedBatch(images, imageSize, card.normalisation);
  const input = ops.upload(pixels, [images.length, imageSize, imageSize, 3]);
  const output = prepared.run(input);
  const probabilities = softmax(ops.download(output), card.classes.length);
  ops.dispose(input, output);
  prepared.dispose();
  network.dispose();
  return [...probabilities];
}

async function onnxProbabilities(path: string, card: ModelCard, images: Uint8Array[]): Promise<number[]> {
  const session = await onnx.InferenceSession.create(path);
  expect(session.inputNames).toEqual(['image']);
  expect(session.outputNames).toEqual(['probabilities', 'logits']);
  const { imageSize } = card.preprocessing;
  const levels = Float32Array.from(images.flatMap((image) => [...image]));
  const feed = { image: new onnx.Tensor('float32', levels, [images.length, 1, imageSize, imageSize]) };
  const { probabilities } = await session.run(feed);
  await session.release();
  return [...(probabilities!.data as Float32Array)];
}

async function tfjsProbabilities(directory: string, card: ModelCard, images: Uint8Array[]): Promise<number[]> {
  (await nativeBackend()).composed();
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-core');
  const layers = require('@tensorflow/tfjs-layers');
  const document = JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8'));
  const [{ paths, weights }] = document.weightsManifest;
  const data = Buffer.concat(paths.map((path: string) => readFileSync(join(directory, path))));
  const model = await layers.loadLayersModel({
    load: async () => ({
      modelTopology: document.modelTopology,
      weightSpecs: weights,
      weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.length),
    }),
  });
  const { imageSize } = card.preprocessing;
  const levels = Float32Array.from(images.flatMap((image) => [...image]));
  const output = model.predict(tf.tensor(levels, [images.length, imageSize, imageSize, 1]));
  return [...output.dataSync()];
}

const cases = [
  ['vgg16', 'compact', 64],
  ['vgg19_bn', 'compact', 64],
  ...(thorough
    ? ([
        ['vgg16', 'full', 224],
        ['vgg19_bn', 'full', 96],
      ] as const)
    : []),
] as const;

describe.each(cases)('%s with the %s head at %i pixels', (architecture, head, imageSize) => {
  it('gives the same probabilities in ONNX Runtime and in TensorFlow.js', async () => {
    const [directory, card] = await keepModel(architecture, head, imageSize);
    const images = formulaImages(2, imageSize);
    const ours = await ourProbabilities(card, images);
    const target = join(folder.path, `export-${architecture}-${head}`);
    const shares: number[] = [];
    const context: JobContext = { ...silent, report: ({ done }) => shares.push(done) };
    const [file] = await exportModel(directory, { folder: join(target, 'onnx'), format: 'onnx' }, context);
    expect(file!.sha256).toBe(createHash('sha256').update(readFileSync(file!.path)).digest('hex'));
    expect(shares.at(-1)).toBe(100);
    const fromOnnx = await onnxProbabilities(file!.path, card, images);
    await exportModel(directory, { folder: join(target, 'tfjs'), format: 'tfjs' }, silent);
    const fromTfjs = await tfjsProbabilities(join(target, 'tfjs'), card, images);
    expect(fromOnnx).toHaveLength(ours.length);
    expect(fromTfjs).toHaveLength(ours.length);
    ours.forEach((value, index) => {
      expect(Math.abs(fromOnnx[index]! - value)).toBeLessThan(1e-4);
      expect(Math.abs(fromTfjs[index]! - value)).toBeLessThan(1e-4);
    });
    // The export can be a start for another training: same network, same normalisation.
    const inspected = await inspectWeights(join(target, 'tfjs', 'model.json'));
    expect(inspected).toMatchObject({ format: 'tfjs-layers', architecture, head, notFinite: [] });
    expect(inspected.kind === 'weights' && inspected.normalisation).toEqual(card.normalisation);
  });
});

describe('a model saved with its card', () => {
  it('is opened in another project, without the name of a folder on the first computer', async () => {
    const [directory, card] = await keepModel('vgg16', 'compact', 64);
    const target = join(folder.path, 'saved');
    const files = await exportModel(directory, { folder: target, format: 'safetensors' }, silent);
    expect(files.map(({ path }) => path.slice(target.length + 1))).toEqual(['model.safetensors', 'model.json']);
    expect(readFileSync(join(target, 'model.json'), 'utf8')).not.toContain('dr.smith');

    const project = join(folder.path, 'other.parenchyma');
    mkdirSync(project);
    const store = openProjectStore(project);
    const taken = await importModel(target, join(project, 'runs', 'new'), silent);
    expect(taken).toMatchObject({ classes: card.classes, weightsSha256: card.weightsSha256 });
    const run = await store.runs.importRun(taken, '2026-01-02T00:00:00Z', async () => undefined);
    expect(store.runs.run(run)).toMatchObject({ state: 'finished', best: { epoch: 3 } });
    expect(store.runs.snapshot(run)).toBeNull();
    store.close();
  });

  it('is refused when its weights are others, and where a model lies already', async () => {
    const [directory] = await keepModel('vgg16', 'compact', 64);
    const target = join(folder.path, 'tampered');
    await exportModel(directory, { folder: target, format: 'safetensors' }, silent);
    await expect(exportModel(directory, { folder: target, format: 'onnx' }, silent)).rejects.toMatchObject({
      code: 'PATH_NOT_WRITABLE',
    });
    const weights = readFileSync(join(target, 'model.safetensors'));
    weights[weights.length - 1]! ^= 1;
    writeFileSync(join(target, 'model.safetensors'), weights);
    await expect(importModel(target, join(folder.path, 'never'), silent)).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
      message: /hash differs/,
    });
    const card: unknown = JSON.parse(readFileSync(join(target, 'model.json'), 'utf8'));
    writeFileSync(join(target, 'model.json'), JSON.stringify({ ...Object(card), positiveClass: 'all' }));
    await expect(importModel(target, join(folder.path, 'never'), silent)).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
      message: 'model.json contradicts itself: the positive class is none of the classes.',
    });
    await expect(importModel(folder.path, join(folder.path, 'never'), silent)).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
    });
  });

  it('leaves nothing behind when the export is cancelled', async () => {
    const [directory] = await keepModel('vgg16', 'compact', 64);
    const target = join(folder.path, 'cancelled');
    const controller = new AbortController();
    const context = { signal: controller.signal, report: () => controller.abort() };
    await expect(exportModel(directory, { folder: target, format: 'tfjs' }, context)).rejects.toThrow();
    expect(readdirSync(target)).toEqual([]);
  });
});
