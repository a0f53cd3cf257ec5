import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import type { BackendInfo } from '../../../src-shared/contract/training.ts';
import { composedOperations, type TensorFlowJs } from '../network/composed.ts';
import type { Operations } from '../network/operations.ts';
import { eraseTensor } from './tensorflow.ts';

const require = createRequire(import.meta.url);

/** WebAssembly: what is left on a machine with nothing else. One thread; its heap ends at 4 GiB. */
export async function startWasm(): Promise<{ info: BackendInfo; composed(): Operations<unknown> }> {
  const tf: TensorFlowJs = require('@tensorflow/tfjs-core');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist') + '/');
  if (!(await tf.setBackend('wasm'))) throw new Error('TF.js did not accept the WebAssembly backend.');
  await tf.ready();
  return {
    info: {
      backend: 'wasm',
      libraryVersion: `TF.js ${tf.version_core}`,
      device: cpus()[0]?.model.trim() ?? process.arch,
      driver: null,
      memoryBytes: 4 * 1024 ** 3,
      threads: 1,
    },
    composed: () => eraseTensor(composedOperations(tf)),
  };
}
