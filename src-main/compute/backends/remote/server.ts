import type { Operations } from '../../network/operations.ts';
import { isTensorReference, mapValue, type Answer, type Call } from './protocol.ts';

export interface ServedEngine<Tensor extends object> {
  ops: Operations<Tensor>;
  isTensor(value: unknown): value is Tensor;
  shape(tensor: Tensor): number[];
  isDisposed(tensor: Tensor): boolean;
  /** Waits for the tensor's values; in place of `Operations.download`, which may not wait. */
  read(tensor: Tensor): Promise<Float32Array>;
  /** What went wrong since the last call, where the engine does not throw it (a GPU out of memory); null where nothing did. */
  trouble(): string | null;
}

const sweepEvery = 1024;

/** Performs calls on an engine and keeps its tensors by number. Calls are performed in the order in which they come. */
export function serveOperations<Tensor extends object>(engine: ServedEngine<Tensor>): (call: Call) => Promise<Answer> {
  const tensors = new Map<number, Tensor>();
  const objects = new Map<number, object>();
  let last = 0;

  const resolve = (value: unknown): unknown =>
    mapValue(value, (one) => (isTensorReference(one) ? { by: tensorOf(one.$tensor) } : null));

  function tensorOf(id: number): Tensor {
    const tensor = tensors.get(id);
    if (tensor === undefined) throw new Error(`Tensor ${id} is not there (any more).`);
    return tensor;
  }

  function refer(value: unknown): unknown {
    return mapValue(value, (one) => {
      if (engine.isTensor(one)) {
        last += 1;
        if (last % sweepEvery === 0) forgetDisposed();
        tensors.set(last, one);
        return { by: { $tensor: last, shape: engine.shape(one) } };
      }
      if (!hasFunctions(one)) return null;
      last += 1;
      objects.set(last, one);
      return { by: { $object: last, shape: Reflect.get(one, 'shape') } };
    });
  }

  /** Variables take tensors over and dispose of them later; what their numbers named is then empty. */
  function forgetDisposed(): void {
    for (const [id, tensor] of tensors) if (engine.isDisposed(tensor)) tensors.delete(id);
  }

  function dispose(references: readonly unknown[]): void {
    for (const reference of references) {
      if (!isTensorReference(reference)) continue;
      engine.ops.dispose(tensorOf(reference.$tensor));
      tensors.delete(reference.$tensor);
    }
  }

  async function perform(call: Call): Promise<unknown> {
    if (call.object === null && call.method === 'dispose') return dispose(call.arguments);
    const values = call.arguments.map(resolve);
    if (call.object === null && call.method === 'download') return engine.read(values[0] as Tensor);
    const target: object | undefined = call.object === null ? engine.ops : objects.get(call.object);
    if (target === undefined) throw new Error(`Object ${call.object} is not there (any more).`);
    const method: unknown = Reflect.get(target, call.method);
    if (typeof method !== 'function') throw new Error(`There is no operation ${call.method}.`);
    const result: unknown = Reflect.apply(method, target, values);
    if (call.object !== null && call.method === 'dispose') objects.delete(call.object);
    return refer(result);
  }

  let queue: Promise<unknown> = Promise.resolve();
  return (call) => {
    const answer = queue.then(async (): Promise<Answer> => {
      try {
        const value = await perform(call);
        const trouble = engine.trouble();
        return trouble === null ? { value } : { error: trouble };
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
      }
    });
    queue = answer;
    return answer;
  };
}

function hasFunctions(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    Object.values(value).some((one) => typeof one === 'function')
  );
}
