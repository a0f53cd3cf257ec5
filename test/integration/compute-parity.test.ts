/**
 * Both architectures against PyTorch: outputs, gradients, weights after one step of each optimiser, losses over ten. The
 * expectations are written by scripts/oracles/torch_parity.py in float64. What is allowed is ten times what PyTorch's own
 * float32 is off by, and not less than 1e-5: other orders of summation and Winograd's filtering round differently.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { architectures } from '../../models/index.ts';
import { normalisedBatch } from '../../src-main/compute/data/batch.ts';
import { tensorSpecifications } from '../../src-main/compute/network/layout.ts';
import { Network } from '../../src-main/compute/network/network.ts';
import type { Operations } from '../../src-main/compute/network/operations.ts';
import { createOptimiser, type Optimiser } from '../../src-main/compute/network/optimiser.ts';
import { toTorch } from '../../src-main/compute/network/parameters.ts';
import { architectureSchema, headSchema } from '../../src-shared/contract/vocabulary.ts';
import { nativeBackend } from '../helpers/compute.ts';
import { hashed, patchedImages, settledWeights } from '../parity/formula.ts';

const byOptimiser = <Value extends z.ZodType>(value: Value) => z.object({ sgd: value, adam: value });
const ratesSchema = z.object({
  learningRate: byOptimiser(z.number()),
  weightDecay: z.number(),
  momentum: z.number(),
});
const tensorSchema = z.object({
  name: z.string(),
  /** Places in torch's layout; gradients and changes are those at the places. */
  places: z.array(z.int()),
  gradient: z.array(z.number()).optional(),
  norm: z.number().optional(),
  changes: byOptimiser(z.array(z.number())),
  changeNorm: z.number(),
});
const caseSchema = z.object({
  architecture: architectureSchema,
  head: headSchema,
  size: z.int(),
  batch: z.int(),
  classWeights: z.array(z.number()),
  variants: z.record(z.string(), z.array(z.tuple([z.int(), z.int()]))),
  /** How far PyTorch's float32 is off, by quantity: the worst of its memory layouts. */
  ownErrors: z.record(z.string(), z.number()),
  logits: z.array(z.array(z.number())),
  logits224: z.array(z.array(z.number())),
  loss: z.number(),
  losses: byOptimiser(z.array(z.number())).partial(),
  tensors: z.array(tensorSchema),
});
const fixtureSchema = z.object({
  steps: z.int(),
  oneStep: ratesSchema,
  severalSteps: ratesSchema,
  optimiserSteps: ratesSchema,
  optimisers: byOptimiser(z.array(z.number())),
  cases: z.array(caseSchema),
});
const path = join(import.meta.dirname, '../fixtures/compute/torch-parity.json');
const fixture = fixtureSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
type Case = z.infer<typeof caseSchema>;
type Kind = 'sgd' | 'adam';

function allowed({ ownErrors }: Case, quantity: string): number {
  return Math.max(1e-5, 10 * (ownErrors[quantity] ?? 0));
}

/** Length of the difference, in proportion to the length of what is expected (or of something else). */
function relativeError(actual: readonly number[], expected: readonly number[], measure?: number): number {
  const difference = Math.hypot(...expected.map((value, index) => value - actual[index]!));
  return difference / (measure ?? Math.hypot(...expected));
}

/** A bias before batch normalisation has no effect on the output: its gradient is rounding noise around 0. */
function isWithoutEffect(name: string, { architecture }: Case): boolean {
  return architectures[architecture].backbone.some(
    (layer) => layer.kind === 'convolution' && layer.normalisation !== null && `${layer.name}.bias` === name,
  );
}

function optimiserOf(kind: Kind, { learningRate, weightDecay, momentum }: z.infer<typeof ratesSchema>) {
  return createOptimiser<unknown>({ optimiser: kind, learningRate: learningRate[kind], weightDecay, momentum });
}

function pixels(ops: Operations<unknown>, { architecture }: Case, count: number, size: number): unknown {
  const values = normalisedBatch(patchedImages(count, size), size, architectures[architecture].normalisation);
  return ops.upload(values, [count, size, size, 3]);
}

function withNetwork<Result>(
  ops: Operations<unknown>,
  parity: Case,
  imageSize: number,
  use: (network: Network<unknown>) => Result,
): Result {
  const description = { ...parity, classes: 2 };
  const network = new Network(ops, description, { imageSize, freeze: 'none' }, settledWeights(parity.variants));
  try {
    return use(network);
  } finally {
    network.dispose();
  }
}

function logitsOf(ops: Operations<unknown>, parity: Case, count: number, size: number): number[] {
  return withNetwork(ops, parity, size, (network) => {
    const prepared = network.prepare('all');
    const input = pixels(ops, parity, count, size);
    const output = prepared.run(input);
    const logits = [...ops.download(output)];
    ops.dispose(input, output);
    prepared.dispose();
    return logits;
  });
}

/** One step; gives the loss. */
function step(
  network: Network<unknown>,
  parity: Case,
  input: unknown,
  optimiser: Optimiser<unknown>,
  look: (name: string, gradient: unknown) => void = () => undefined,
): number {
  optimiser.begin();
  const labels = Array.from({ length: parity.batch }, (_, image) => image % 2);
  const { weightedSum, weightSum } = network.train(
    { input, labels, classWeights: parity.classWeights, random: null },
    (name, variable, gradient) => {
      look(name, gradient);
      optimiser.update(name, variable, gradient);
    },
  );
  return weightedSum / weightSum;
}

/** The errors of one step, each with what is allowed; only those beyond it are named. */
function errorsOfOneStep(ops: Operations<unknown>, parity: Case, kind: Kind): string[] {
  return withNetwork(ops, parity, parity.size, (network) => {
    const specifications = new Map(tensorSpecifications(network.description).map((one) => [one.name, one]));
    const records = new Map(parity.tensors.map((record) => [record.name, record]));
    const beyond: string[] = [];
    const note = (quantity: string, name: string, error: number) => {
      if (!(error <= allowed(parity, quantity))) beyond.push(`${quantity}, ${name}: ${error.toExponential(1)}`);
    };
    const filterOf = (name: string) => records.get(name.replace('bias', 'weight'))!;
    const input = pixels(ops, parity, parity.batch, parity.size);
    const loss = step(network, parity, input, optimiserOf(kind, fixture.oneStep), (name, gradient) => {
      const values = toTorch(ops, specifications.get(name)!, gradient);
      const { places, gradient: expected, norm } = records.get(name)!;
      const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
      if (isWithoutEffect(name, parity)) {
        note('gradients that are 0', name, length / filterOf(name).norm!);
        return;
      }
      const at = places.map((place) => values[place]!);
      note('gradients', name, relativeError(at, expected!));
      note('gradients, whole tensors', `${name} (length)`, Math.abs(length / norm! - 1));
    });
    note('loss', 'first step', Math.abs(loss / parity.loss - 1));
    const initial = settledWeights(parity.variants);
    for (const { specification, values } of network.tensors()) {
      const { name, places, changes, gradient } = records.get(specification.name)!;
      const before = initial(specification);
      const moved = places.map((place) => values[place]! - before[place]!);
      const measure = isWithoutEffect(name, parity) && kind === 'sgd' ? filterOf(name).changeNorm : undefined;
      const quantity = gradient === undefined ? 'running statistics' : `changes by ${kind}`;
      note(quantity, name, relativeError(moved, changes[kind], measure));
    }
    ops.dispose(input);
    return beyond;
  });
}

/** The full head has 120 million weights more: it goes through one optimiser and one step, on the engine that is the default. */
interface Run {
  engine: 'fused' | 'composed';
  parity: Case;
  kinds: Kind[];
  /** Optimisers that go through ten steps. */
  severalSteps: Kind[];
}

const ownKind = ({ architecture }: Case): Kind => (architecture === 'vgg16' ? 'sgd' : 'adam');

const runs: Run[] = fixture.cases.flatMap((parity): Run[] =>
  parity.head === 'full'
    ? [{ engine: 'fused', parity, kinds: [ownKind(parity)], severalSteps: [] }]
    : [
        { engine: 'fused', parity, kinds: ['sgd', 'adam'], severalSteps: ['sgd', 'adam'] },
        { engine: 'composed', parity, kinds: ['sgd', 'adam'], severalSteps: [ownKind(parity)] },
      ],
);

const operations: Partial<Record<Run['engine'], Operations<unknown>>> = {};
beforeAll(async () => {
  const native = await nativeBackend();
  operations.fused = native.fused()!;
  operations.composed = native.composed();
});

describe.each(runs)(
  '$engine engine, $parity.architecture with the $parity.head head, against PyTorch',
  ({ engine, parity, kinds, severalSteps }) => {
    it('gives the same outputs', () => {
      const ops = operations[engine]!;
      const [small, large] = [logitsOf(ops, parity, parity.batch, parity.size), logitsOf(ops, parity, 1, 224)];
      expect(relativeError(small, parity.logits.flat())).toBeLessThan(1e-4);
      expect(relativeError(large, parity.logits224.flat())).toBeLessThan(1e-4);
    });

    it.each(kinds)('gives the same gradients, and the same weights after a step of %s', (kind) => {
      expect(errorsOfOneStep(operations[engine]!, parity, kind)).toEqual([]);
    });

    it.each(severalSteps)('learns alike over ten steps of %s', (kind) => {
      const ops = operations[engine]!;
      const losses = withNetwork(ops, parity, parity.size, (network) => {
        const input = pixels(ops, parity, parity.batch, parity.size);
        const optimiser = optimiserOf(kind, fixture.severalSteps);
        const found = Array.from({ length: fixture.steps }, () => step(network, parity, input, optimiser));
        ops.dispose(input);
        return found;
      });
      const limit = allowed(parity, `losses of several steps by ${kind}`);
      expect(relativeError(losses, parity.losses[kind]!)).toBeLessThan(limit);
    });
  },
);

describe.each(['fused', 'composed'] as const)('%s optimisers over given gradients', (engine) => {
  it.each(['sgd', 'adam'] as const)('move weights in ten steps of %s as PyTorch does', (kind) => {
    const ops = operations[engine]!;
    const before = hashed('optimiser weights', fixture.optimisers[kind].length);
    const variable = ops.variable(ops.upload(before, [before.length]));
    const optimiser = optimiserOf(kind, fixture.optimiserSteps);
    for (let count = 0; count < fixture.steps; count += 1) {
      optimiser.begin();
      const gradient = hashed(`optimiser gradient ${count}`, before.length);
      optimiser.update('weights', variable, ops.upload(gradient, [before.length]));
    }
    const after = variable.read();
    const moved = [...ops.download(after)].map((value, place) => value - before[place]!);
    ops.dispose(after);
    variable.dispose();
    expect(relativeError(moved, fixture.optimisers[kind])).toBeLessThan(1e-5);
  });
});
