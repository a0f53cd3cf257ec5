import type { Operations } from '../../network/operations.ts';
import { isObjectReference, isTensorReference, mapValue, RemoteTensor, type Call } from './protocol.ts';

/** Sends a call; with `wanted` it blocks until the answer is there, and throws what the far end threw. */
export type PerformCall = (call: Call) => unknown;

/**
 * The operations of the far end, by their names: a function that the interface gains is passed on without a line here. What is no
 * function, and what may be absent, is answered here.
 */
export function remoteOperations(name: Operations<unknown>['name'], perform: PerformCall): Operations<RemoteTensor> {
  const local: Partial<Operations<RemoteTensor>> & { mixedPrecision: undefined } = {
    name,
    mixedPrecision: undefined,
    shape: (tensor) => tensor.shape,
    dispose: (...tensors) => {
      const living = tensors.filter((tensor) => tensor !== null);
      if (living.length > 0) {
        perform({ object: null, method: 'dispose', arguments: living.map(encode), wanted: false });
      }
    },
  };
  return forwarding(local, null, perform) as Operations<RemoteTensor>;
}

function forwarding(local: object, object: number | null, perform: PerformCall): object {
  return new Proxy(local, {
    get(target, method) {
      if (typeof method === 'symbol' || method in target) return Reflect.get(target, method);
      return (...values: unknown[]) =>
        decode(perform({ object, method, arguments: values.map(encode), wanted: true }), perform);
    },
  });
}

function encode(value: unknown): unknown {
  return mapValue(value, (one) => (one instanceof RemoteTensor ? { by: { $tensor: one.id, shape: one.shape } } : null));
}

function decode(value: unknown, perform: PerformCall): unknown {
  return mapValue(value, (one) => {
    if (isTensorReference(one)) return { by: new RemoteTensor(one.$tensor, one.shape) };
    if (isObjectReference(one))
      return { by: forwarding({ shape: one.shape, byProduct: undefined }, one.$object, perform) };
    return null;
  });
}
