/** Optimisers with a learning rate that changes, against torch.optim; results stored by scripts/oracles/learning.py. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Operations } from '../../src-main/compute/network/operations.ts';
import { createOptimiser } from '../../src-main/compute/network/optimiser.ts';
import { nativeBackend } from '../helpers/compute.ts';
import { hashed } from '../parity/formula.ts';

type Kind = 'adam' | 'adamw' | 'sgd';

const fixture: {
  learningRate: number;
  weightDecay: number;
  momentum: number;
  optimisers: Record<Kind, { changes: number[]; byProduct: number[] }>;
} = JSON.parse(readFileSync(new URL('../fixtures/compute/learning.json', import.meta.url), 'utf8'));

const engines: Partial<Record<'fused' | 'composed', Operations<unknown>>> = {};

beforeAll(async () => {
  const backend = await nativeBackend();
  engines.fused = backend.fused()!;
  engines.composed = backend.composed();
});

function relativeError(found: readonly number[], expected: readonly number[]): number {
  const norm = (values: readonly number[]) => Math.hypot(...values);
  return norm(found.map((value, index) => value - expected[index]!)) / norm(expected);
}

const optimiserOf = (kind: Kind) =>
  createOptimiser<unknown>({
    optimiser: kind,
    learningRate: fixture.learningRate,
    weightDecay: fixture.weightDecay,
    momentum: fixture.momentum,
  });

describe.each(['fused', 'composed'] as const)('%s optimisers whose rate changes in every step', (engine) => {
  it.each(['adam', 'adamw', 'sgd'] as const)('move weights as torch’s %s does, and leave no tensor behind', (kind) => {
    const ops = engines[engine]!;
    const before = hashed('optimiser weights', fixture.optimisers[kind].changes.length);
    const alive = ops.liveTensors();
    const variable = ops.variable(ops.upload(before, [before.length]));
    const optimiser = optimiserOf(kind);
    for (let step = 0; step < 10; step += 1) {
      optimiser.begin(fixture.learningRate / (step + 1));
      const gradient = hashed(`optimiser gradient ${step}`, before.length);
      optimiser.update('weights', variable, ops.upload(gradient, [before.length]));
    }
    const after = variable.read();
    const moved = [...ops.download(after)].map((value, place) => value - before[place]!);
    ops.dispose(after);
    variable.dispose();
    expect(relativeError(moved, fixture.optimisers[kind].changes)).toBeLessThan(1e-5);
    expect(ops.liveTensors()).toBe(alive);
  });
});

describe('fused updates by a product of two thin matrices', () => {
  it.each(['adam', 'adamw', 'sgd'] as const)('move weights as torch’s %s does', (kind) => {
    const ops = engines.fused!;
    const [rows, columns, batch] = [9, 40, 3];
    const before = hashed('product weights', rows * columns);
    const variable = ops.variable(ops.upload(before, [rows, columns]));
    const optimiser = optimiserOf(kind);
    expect(variable.byProduct).toBeDefined();
    for (let step = 0; step < 4; step += 1) {
      optimiser.begin(fixture.learningRate / (step + 1));
      const inputs = ops.upload(hashed(`product inputs ${step}`, batch * rows), [batch, rows]);
      const slopes = ops.upload(hashed(`product slopes ${step}`, batch * columns), [batch, columns]);
      optimiser.updateByProduct(variable.byProduct!, inputs, slopes);
      ops.dispose(inputs, slopes);
    }
    const after = variable.read();
    const moved = [...ops.download(after)].map((value, place) => value - before[place]!);
    ops.dispose(after);
    variable.dispose();
    expect(relativeError(moved, fixture.optimisers[kind].byProduct)).toBeLessThan(1e-5);
  });
});
