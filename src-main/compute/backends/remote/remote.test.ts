import { describe, expect, it } from 'vitest';
import type { Operations } from '../../network/operations.ts';
import { createOptimiser } from '../../network/optimiser.ts';
import { remoteOperations } from './client.ts';
import { RemoteTensor, type Call } from './protocol.ts';
import { serveOperations, type ServedEngine } from './server.ts';

class NumberTensor {
  disposed = false;
  readonly values: Float32Array;

  constructor(values: Float32Array) {
    this.values = values;
  }
}

/** As little of an engine as the tests need; calling anything else fails them. */
function engine(): ServedEngine<NumberTensor> & { say(trouble: string): void } {
  let trouble: string | null = null;
  const ops: Partial<Operations<NumberTensor>> = {
    upload: (values) => new NumberTensor(values),
    dispose: (...tensors) => tensors.forEach((tensor) => tensor && (tensor.disposed = true)),
    multiply: () => {
      throw new Error('shapes differ');
    },
    maxPool: (input) => ({ output: new NumberTensor(input.values), saved: [new NumberTensor(input.values)] }),
    variable: (initial) => ({
      shape: [2],
      read: () => new NumberTensor(initial.values),
      assign: () => undefined,
      moments: () => [new NumberTensor(initial.values)],
      restore: () => undefined,
      updateByAdam: () => undefined,
      updateBySgd: () => undefined,
      dispose: () => undefined,
    }),
  };
  return {
    ops: ops as Operations<NumberTensor>,
    isTensor: (value): value is NumberTensor => value instanceof NumberTensor,
    isDisposed: (tensor) => tensor.disposed,
    shape: (tensor) => [tensor.values.length],
    read: async (tensor) => tensor.values,
    trouble: () => trouble,
    say: (text) => (trouble = text),
  };
}

/** The far end, and a way to call it. */
function connected() {
  const served = engine();
  const perform = serveOperations(served);
  const send = async (call: Omit<Call, 'wanted'>) => perform({ ...call, wanted: true });
  return { served, send };
}

const tensorOf = async (send: ReturnType<typeof connected>['send']) => {
  const answer = await send({ object: null, method: 'upload', arguments: [Float32Array.of(1, 2), [2]] });
  if (!('value' in answer)) throw new Error(answer.error);
  return answer.value;
};

describe('operations at the far end', () => {
  it('travel as numbers and come back as values', async () => {
    const { send } = connected();
    const tensor = await tensorOf(send);
    expect(tensor).toEqual({ $tensor: 1, shape: [2] });
    const pooled = await send({ object: null, method: 'maxPool', arguments: [tensor] });
    expect(pooled).toEqual({ value: { output: { $tensor: 2, shape: [2] }, saved: [{ $tensor: 3, shape: [2] }] } });
    const read = await send({ object: null, method: 'download', arguments: [tensor] });
    expect(read).toEqual({ value: Float32Array.of(1, 2) });
  });

  it('include objects with functions of their own, as variables are', async () => {
    const { send } = connected();
    const made = await send({ object: null, method: 'variable', arguments: [await tensorOf(send)] });
    expect(made).toEqual({ value: { $object: 2, shape: [2] } });
    const value = await send({ object: 2, method: 'read', arguments: [] });
    expect(value).toEqual({ value: { $tensor: 3, shape: [2] } });
    const moments = await send({ object: 2, method: 'moments', arguments: [] });
    expect(moments).toEqual({ value: [{ $tensor: 4, shape: [2] }] });
  });

  it('answer with the error where one is thrown, and where the engine found trouble that it does not throw', async () => {
    const { served, send } = connected();
    const tensor = await tensorOf(send);
    expect(await send({ object: null, method: 'multiply', arguments: [tensor, tensor] })).toEqual({
      error: 'shapes differ',
    });
    served.say('out of memory');
    expect(await send({ object: null, method: 'maxPool', arguments: [tensor] })).toEqual({ error: 'out of memory' });
  });

  it('know a disposed tensor no more', async () => {
    const { send } = connected();
    const tensor = await tensorOf(send);
    await send({ object: null, method: 'dispose', arguments: [tensor] });
    expect(await send({ object: null, method: 'download', arguments: [tensor] })).toMatchObject({
      error: expect.stringContaining('not there'),
    });
  });
});

describe('the caller’s side', () => {
  it('knows shapes itself, waits for no disposal, and has no mixed precision', () => {
    const calls: Call[] = [];
    const ops = remoteOperations('composed', (call) => {
      calls.push(call);
      return { $tensor: 7, shape: [2, 3] };
    });
    const tensor = ops.reshape(new RemoteTensor(1, [6]), [2, 3]);
    expect(ops.shape(tensor)).toEqual([2, 3]);
    ops.dispose(tensor, null);
    ops.dispose(null);
    expect(Reflect.get(ops, 'mixedPrecision')).toBeUndefined();
    expect(calls.map(({ method, wanted }) => [method, wanted])).toEqual([
      ['reshape', true],
      ['dispose', false],
    ]);
  });

  it('lets an optimiser send its step, and offers no update by product', () => {
    const calls: Call[] = [];
    const ops = remoteOperations('composed', (call) => {
      calls.push(call);
      return call.method === 'variable' ? { $object: 3, shape: [2] } : null;
    });
    const variable = ops.variable(new RemoteTensor(1, [2]));
    expect(variable.byProduct).toBeUndefined();
    const optimiser = createOptimiser<RemoteTensor>({
      optimiser: 'adamw',
      learningRate: 0.1,
      weightDecay: 0.01,
      momentum: 0,
    });
    optimiser.begin(0.05);
    optimiser.update('weights', variable, new RemoteTensor(2, [2]));
    expect(calls.at(-1)).toEqual({
      object: 3,
      method: 'updateByAdam',
      arguments: [
        { $tensor: 2, shape: [2] },
        { learningRate: 0.05, weightDecay: 0.01, decoupled: true, count: 1 },
      ],
      wanted: true,
    });
  });
});
