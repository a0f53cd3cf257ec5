import { describe, expect, it } from 'vitest';
import { tensorSpecifications } from '../network/layout.ts';
import { compareWeights, listed, readMatched, type WeightsTable } from './load.ts';
import { withoutWrappers } from './torch/stateDict.ts';

const description = { architecture: 'vgg16', head: 'compact', classes: 2 } as const;

/** The tensors that the network wants, with changes: another entry, or null for none. */
function table(changes: Record<string, { dtype: 'F32' | 'I64'; shape: number[] } | null> = {}): WeightsTable {
  const tensors = new Map(
    tensorSpecifications(description).map(({ name, shape }) => [name, { dtype: 'F32' as 'F32' | 'I64', shape }]),
  );
  for (const [name, entry] of Object.entries(changes)) {
    if (entry === null) tensors.delete(name);
    else tensors.set(name, entry);
  }
  return { tensors };
}

describe('weights against a network', () => {
  it('fit when every tensor is there in its shape', () => {
    const { matched, problems } = compareWeights(table(), description);
    expect(problems).toEqual([]);
    expect(matched).toHaveLength(table().tensors.size);
  });

  it('are told one by one what is missing, superfluous, of another shape or no floating-point number', () => {
    const { problems } = compareWeights(
      table({
        'features.0.weight': null,
        'features.5.weight': { dtype: 'F32', shape: [128, 64, 5, 5] },
        'features.7.bias': { dtype: 'I64', shape: [128] },
        'features.99.weight': { dtype: 'F32', shape: [1] },
      }),
      description,
    );
    expect(problems).toEqual([
      'features.0.weight is missing',
      'features.5.weight is [128, 64, 5, 5], expected [128, 64, 3, 3]',
      'features.7.bias holds I64, not floating-point numbers',
      'features.99.weight does not belong to vgg16',
    ]);
  });

  it('of the other architecture are told apart', () => {
    const other = new Map(
      tensorSpecifications({ ...description, architecture: 'vgg19_bn' }).map(({ name, shape }) => [
        name,
        { dtype: 'F32' as const, shape },
      ]),
    );
    const { problems } = compareWeights({ tensors: other }, description);
    expect(problems.length).toBeGreaterThan(20);
    expect(problems).toContain('features.1.running_mean does not belong to vgg16');
  });

  it('may lack the last layer or have another number of classes there, and carry counters that nobody uses', () => {
    const last = tensorSpecifications(description).filter((one) => one.last);
    const others = Object.fromEntries(
      last.map(({ name, shape }) => [name, { dtype: 'F32' as const, shape: [1000, ...shape.slice(1)] }]),
    );
    const counter = { 'features.1.num_batches_tracked': { dtype: 'I64' as const, shape: [] } };
    const { matched, problems } = compareWeights(table({ ...others, ...counter }), description);
    expect(problems).toEqual([]);
    expect(matched.map(({ name }) => name)).not.toContain(last[0]!.name);
    expect(
      compareWeights(table(Object.fromEntries(last.map(({ name }) => [name, null]))), description).problems,
    ).toEqual([]);
  });

  it('have all hidden layers of the full head or none of them', () => {
    const full = { architecture: 'vgg16', head: 'full', classes: 2 } as const;
    const names = tensorSpecifications(full).map(
      ({ name, shape }) => [name, { dtype: 'F32' as const, shape }] as const,
    );
    const without = (lost: RegExp) => ({ tensors: new Map(names.filter(([name]) => !lost.test(name))) });
    expect(compareWeights(without(/^classifier/), full).problems).toEqual([]);
    expect(compareWeights(without(/^classifier\.(3|6)\./), full).problems).toEqual([
      'classifier.3.weight is missing',
      'classifier.3.bias is missing',
    ]);
  });

  it.each([NaN, Infinity, -Infinity])('with %s in a tensor are refused by that tensor’s name', async (value) => {
    const comparison = compareWeights(table(), description);
    const read = (name: string) =>
      Promise.resolve(name === 'features.2.bias' ? Float32Array.of(0, value) : Float32Array.of(1));
    const values = await readMatched({ read }, comparison);
    expect(comparison.problems).toEqual(['features.2.bias holds values that are not finite']);
    expect(values.has('features.2.bias')).toBe(false);
  });

  it('with a variance below 0 are refused by that tensor’s name', async () => {
    const network = { architecture: 'vgg19_bn', head: 'compact', classes: 2 } as const;
    const named = tensorSpecifications(network).map(
      ({ name, shape }) => [name, { dtype: 'F32' as const, shape }] as const,
    );
    const comparison = compareWeights({ tensors: new Map(named) }, network);
    await readMatched({ read: () => Promise.resolve(Float32Array.of(1, -1)) }, comparison);
    expect(comparison.problems).toHaveLength(16);
    expect(comparison.problems[0]).toBe('features.1.running_var holds variances below 0');
  });

  it('are known under the names of wrappers and of the backbone alone', () => {
    const names = (list: string[]) => [...withoutWrappers(new Map(list.map((name) => [name, 0]))).keys()];
    expect(names(['module.model.features.0.bias', 'module.model.classifier.6.bias'])).toEqual([
      'features.0.bias',
      'classifier.6.bias',
    ]);
    expect(names(['encoder.0.weight', 'encoder.1.running_mean'])).toEqual([
      'features.0.weight',
      'features.1.running_mean',
    ]);
    expect(names(['model.0.weight', 'head.bias'])).toEqual(['model.0.weight', 'head.bias']);
  });

  it('with very many problems name ten and count the others', () => {
    const names = Array.from({ length: 12 }, (_unused, place) => `problem ${place + 1}`);
    expect(listed(names)).toMatch(/problem 10; and 2 more$/);
  });
});
