import type * as tfCore from '@tensorflow/tfjs-core';
import { composedOperations } from '../../network/composed.ts';
import type { TensorFlowJs } from '../../network/tensorflowjs.ts';
import type { ServedEngine } from '../remote/server.ts';

/** What is used of a WebGPU device. Its errors come as events, not as exceptions: a GPU out of memory throws nothing. */
export interface GraphicsDevice {
  addEventListener(type: 'uncapturederror', listener: (event: { error: { message: string } }) => void): void;
  lost: Promise<{ reason: string; message: string }>;
}

/** Composed operations on TF.js's WebGPU backend, which must have been chosen, made fit to be served. */
export function webGpuEngine(tf: TensorFlowJs, device: GraphicsDevice): ServedEngine<tfCore.Tensor> {
  let trouble: string | null = null;
  device.addEventListener('uncapturederror', ({ error }) => (trouble ??= error.message));
  void device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') trouble = `The graphics device was lost: ${message || reason}`;
  });
  return {
    ops: composedOperations(tf),
    isTensor: (value): value is tfCore.Tensor => value instanceof tf.Tensor,
    isDisposed: (tensor) => tensor.isDisposed,
    shape: (tensor) => tensor.shape,
    // A copy: what `data` gives may be a view of memory that the backend keeps.
    read: async (tensor) => Float32Array.from(await tensor.data()),
    trouble: () => {
      const present = trouble;
      if (present !== null && !present.startsWith('The graphics device was lost')) trouble = null;
      return present;
    },
  };
}
