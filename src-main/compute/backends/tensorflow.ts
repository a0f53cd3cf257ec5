import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import type { BackendInfo } from '../../../src-shared/contract/training.ts';
import { composedOperations } from '../network/composed.ts';
import type { TensorFlowJs } from '../network/tensorflowjs.ts';
import { fusedOperations } from '../network/fused.ts';
import { graphicsOperations } from '../network/graphics.ts';
import type { Operations } from '../network/operations.ts';
import { loadBinding, type TensorFlowBinding } from './binding.ts';
import { graphicsCard, type GraphicsCard } from './graphicsCard.ts';

const require = createRequire(import.meta.url);

export interface NativeBackend {
  binding: TensorFlowBinding;
  info: BackendInfo;
  composed(): Operations<unknown>;
  /** The library's own fused kernels, oneDNN's or cuDNN's; whether they work here the self-test tells. */
  fused(): Operations<unknown> | null;
}

/** Loads TensorFlow through the Node-API addon. Throws where the library cannot be loaded at all. */
export function startTensorFlow(backend: 'tensorflow' | 'tensorflow-gpu', bindingPath: string): NativeBackend {
  const binding = loadBinding(bindingPath);
  const gpu = binding.isUsingGpuDevice();
  const card = gpu ? graphicsCard() : null;
  const info: BackendInfo = {
    backend,
    libraryVersion: `TensorFlow ${binding.TF_Version}`,
    ...(card?.facts ?? processor()),
  };
  let tf: TensorFlowJs | null = null;
  return {
    binding,
    info,
    composed: () => eraseTensor(composedOperations((tf ??= registerTensorFlowJs(binding)))),
    fused: () => eraseTensor(gpu ? graphicsOperations(binding, card?.bfloat16 ?? false) : fusedOperations(binding)),
  };
}

function processor(): GraphicsCard['facts'] {
  const device = cpus()[0]?.model.trim() ?? process.arch;
  return { device, driver: null, memoryBytes: totalmem(), threads: cpus().length };
}

/** The jobs do not care what a tensor is; only the operations that made it look inside. */
export function eraseTensor<Tensor>(operations: Operations<Tensor>): Operations<unknown> {
  return operations as Operations<unknown>;
}

/** What TF.js's Node backend is made of, without its index.js, which would look for a prebuilt library. */
function registerTensorFlowJs(binding: TensorFlowBinding): TensorFlowJs {
  // Removed in Node 23; the backend still calls it.
  const util: { isNullOrUndefined?: (value: unknown) => boolean } = require('node:util');
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const tf: TensorFlowJs = require('@tensorflow/tfjs-core');
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js');
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js');
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'), 3);
  if (!tf.setBackend('tensorflow')) throw new Error('TF.js did not accept the native backend.');
  return tf;
}
