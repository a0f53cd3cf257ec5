/**
 * Both architectures against PyTorch: outputs, losses over three steps, gradients, and weights after one step. The expectations are
 * written by scripts/oracles/torch_parity.py in float64; the relative error here is that of float32 arithmetic.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { architectures } from '../../models/index.ts';
import { normalisedBatch } from '../../src-main/compute/data/batch.ts';
import { tensorSpecifications, type NetworkDescription } from '../../src-main/compute/network/layout.ts';
import { Network } from '../../src-main/compute/network/network.ts';
import type { Operations } from '../../src-main/compute/network/operations.ts';
import { createOptimiser } from '../../src-main/compute/network/optimiser.ts';
import { toTorch } from '../../src-main/compute/network/parameters.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { architectureSchema, headSchema } from '../../src-shared/contract/vocabulary.ts';
import { nativeBackend } from '../helpers/compute.ts';
import { formulaImages, formulaWeights } from '../parity/formula.ts';

const tensorSchema = z.object({ norm: z.number(), places: z.array(z.int()), values: z.array(z.number()) });
type Expected = z.infer<typeof tensorSchema>;
const trainingSchema = z.object({
  losses: z.array(z.number()),
  gradients: z.record(z.string(), tensorSchema).optional(),
  changes: z.record(z.string(), tensorSchema),
});
const fixtureSchema = z.object({
  steps: z.int(),
  cases: z.array(
    z.object({
      architecture: architectureSchema,
      head: headSchema,
      size: z.int(),
      batch: z.int(),
      classWeights: z.array(z.number()),
      logits: z.array(z.array(z.number())),
      logits224: z.array(z.array(z.number())),
      /** Error of PyTorch's own float32 gradients at the recorded places, the worst of its memory layouts. */
      float32Error: z.number(),
      sgd: trainingSchema,
      adam: trainingSchema,
    }),
  ),
});
const path = join(import.meta.dirname, '../fixtures/compute/torch-parity.json');
const { steps, cases } = fixtureSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
type Case = (typeof cases)[number];

const tolerance = 1e-4;

/** What one ReLU or pooling cell decided otherwise changes: Winograd's filtering rounds a few times more than the direct sum. */
const oneDecision = 1e-2;

/** How far values are off, in proportion to the largest expected one. */
function relativeError(actual: readonly number[], expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!))) / largest;
}

function normError(values: Float32Array, { norm }: Expected): number {
  const actual = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return Math.abs(actual - norm) / norm;
}

function placesError(values: Float32Array, { places, values: expected }: Expected): number {
  return relativeError(
    places.map((place) => values[place]!),
    expected,
  );
}

/**
 * Single gradients cannot be exacter than float32 lets them: with batch normalisation rounding decides for some activations
 * on which side of a ReLU or a pooling cell they fall. What PyTorch's own float32 reaches is the measure there.
 */
function gradientTolerance(engine: Run['engine'], { float32Error }: Case): number {
  return Math.max(engine === 'fused' ? oneDecision : tolerance, 2 * float32Error);
}

/**
 * How far the sampled weights moved against how far they should have. The step rounds the weight to float32, which alone
 * can be a hundredth of such a small movement; that much is allowed.
 */
function changeError(before: Float32Array, after: Float32Array, { places, values: expected }: Expected): number {
  const largest = Math.max(...expected.map(Math.abs));
  const errors = places.map((place, index) => {
    const rounding = 2 ** -23 * Math.abs(before[place]!);
    return Math.max(0, Math.abs(after[place]! - before[place]! - expected[index]!) - rounding) / largest;
  });
  return Math.max(...errors);
}

/** A bias before batch normalisation has no effect on the output: its gradient is rounding noise around 0 and no figure. */
function isWithoutEffect(name: string, { architecture }: Case): boolean {
  const convolution = architectures[architecture].backbone.find(
    (layer) => layer.kind === 'convolution' && `${layer.name}.bias` === name,
  );
  return convolution?.kind === 'convolution' && convolution.normalisation !== null;
}

function createNetwork(ops: Operations<unknown>, description: NetworkDescription, imageSize: number): Network<unknown> {
  return new Network(ops, description, { imageSize, freeze: 'none' }, formulaWeights);
}

function pixels(ops: Operations<unknown>, { architecture }: Case, count: number, size: number): unknown {
  const values = normalisedBatch(formulaImages(count, size), size, architectures[architecture].normalisation);
  return ops.upload(values, [count, size, size, 3]);
}

function logitsOf(ops: Operations<unknown>, parity: Case, count: number, size: number): number[] {
  const network = createNetwork(ops, { ...parity, classes: 2 }, size);
  const prepared = network.prepare('all');
  const input = pixels(ops, parity, count, size);
  const output = prepared.run(input);
  const logits = [...ops.download(output)];
  ops.dispose(input, output);
  prepared.dispose();
  network.dispose();
  return logits;
}

interface Outcome {
  losses: number[];
  norms: Map<string, number>;
  gradients: Map<string, number>;
  changes: Map<string, number>;
}

/** Trains for the recorded steps and gives each tensor's error against the record. */
function trainingErrors(ops: Operations<unknown>, parity: Case, optimiserName: 'sgd' | 'adam'): Outcome {
  const expected = parity[optimiserName];
  const description = { ...parity, classes: 2 };
  const specifications = new Map(tensorSpecifications(description).map((one) => [one.name, one]));
  const network = createNetwork(ops, description, parity.size);
  const configuration: Pick<RunConfiguration, 'optimiser' | 'learningRate' | 'weightDecay' | 'momentum'> = {
    optimiser: optimiserName,
    learningRate: optimiserName === 'sgd' ? 5e-6 : 1e-6,
    weightDecay: 1e-2,
    momentum: 0.9,
  };
  const optimiser = createOptimiser<unknown>(configuration);
  const input = pixels(ops, parity, parity.batch, parity.size);
  const labels = Array.from({ length: parity.batch }, (_, image) => image % 2);
  const norms = new Map<string, number>();
  const gradients = new Map<string, number>();
  const losses: number[] = [];
  const changes = new Map<string, number>();
  for (let step = 0; step < steps; step += 1) {
    optimiser.begin();
    const { weightedSum, weightSum } = network.train(
      { input, labels, classWeights: parity.classWeights, random: null },
      (name, variable, gradient) => {
        const record = expected.gradients?.[name];
        if (step === 0 && record && !isWithoutEffect(name, parity)) {
          const values = toTorch(ops, specifications.get(name)!, gradient);
          norms.set(name, normError(values, record));
          gradients.set(name, placesError(values, record));
        }
        optimiser.update(name, variable, gradient);
      },
    );
    losses.push(weightedSum / weightSum);
    if (step > 0) continue;
    for (const { specification, values } of network.tensors()) {
      const record = expected.changes[specification.name];
      if (record === undefined || isWithoutEffect(specification.name, parity)) continue;
      changes.set(specification.name, changeError(formulaWeights(specification), values, record));
    }
  }
  ops.dispose(input);
  network.dispose();
  return { losses, norms, gradients, changes };
}

/** The full head has 120 million weights more: it goes through each optimiser once, on the engine that is the default. */
interface Run {
  engine: 'fused' | 'composed';
  parity: Case;
  optimisers: ('sgd' | 'adam')[];
}

const runs: Run[] = cases.flatMap((parity): Run[] => {
  if (parity.head === 'full') {
    return [{ engine: 'fused', parity, optimisers: [parity.architecture === 'vgg16' ? 'sgd' : 'adam'] }];
  }
  return [
    { engine: 'fused', parity, optimisers: ['sgd', 'adam'] },
    { engine: 'composed', parity, optimisers: ['sgd', 'adam'] },
  ];
});

describe.each(runs)(
  '$engine engine, $parity.architecture with the $parity.head head, against PyTorch',
  ({ engine, parity, optimisers }) => {
    let ops: Operations<unknown>;

    beforeAll(async () => {
      const native = await nativeBackend();
      ops = (engine === 'fused' ? native.fused() : native.composed())!;
    });

    it('gives the same outputs', () => {
      expect(relativeError(logitsOf(ops, parity, parity.batch, parity.size), parity.logits.flat())).toBeLessThan(
        tolerance,
      );
      expect(relativeError(logitsOf(ops, parity, 1, 224), parity.logits224.flat())).toBeLessThan(tolerance);
    });

    it.each(optimisers)('gives the same losses, gradients and weights with %s', (optimiser) => {
      const { losses, norms, gradients, changes } = trainingErrors(ops, parity, optimiser);
      expect(relativeError(losses, parity[optimiser].losses)).toBeLessThan(tolerance);
      const beyond = (errors: Map<string, number>, limit: number) =>
        [...errors].filter(([, error]) => !(error < limit));
      expect(beyond(norms, gradientTolerance(engine, parity))).toEqual([]);
      expect(beyond(gradients, gradientTolerance(engine, parity))).toEqual([]);
      expect(beyond(changes, tolerance)).toEqual([]);
    });
  },
);
