import { createRequire } from 'node:module';
import type * as nodeOs from 'node:os';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import type { BackendInfo } from '../../../src-shared/contract/training.ts';
import { composedOperations } from '../network/composed.ts';
import type { TensorFlowJs } from '../network/tensorflowjs.ts';
import type { Operations } from '../network/operations.ts';
import { eraseTensor } from './tensorflow.ts';
import { siblingScript } from './sibling.ts';

const require = createRequire(import.meta.url);

/** The package keeps eight threads ready; the calling thread works with them. */
const mostThreads = 8;

/** Wasm addresses have 32 bits. Running out of them ends the process. */
export const wasmHeapBytes = 4 * 1024 ** 3;

/**
 * WebAssembly with SIMD and threads: what is left on a machine with nothing else.
 *
 * @param threads 1 takes the package's build without threads; `PARENCHYMA_WASM_THREADS` sets it from outside
 */
export async function startWasm(
  threads = Math.min(mostThreads, Number(process.env.PARENCHYMA_WASM_THREADS) || availableParallelism()),
): Promise<{ info: BackendInfo; composed(): Operations<unknown> }> {
  const tf: TensorFlowJs = require('@tensorflow/tfjs-core');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist') + '/');
  const accepted = await (threads > 1 ? withThreads(tf, wasm, threads) : tf.setBackend('wasm'));
  if (!accepted) throw new Error('TF.js did not accept the WebAssembly backend.');
  return {
    info: {
      backend: 'wasm',
      libraryVersion: `TF.js ${tf.version_core}`,
      device: cpus()[0]?.model.trim() ?? process.arch,
      driver: null,
      memoryBytes: wasmHeapBytes,
      threads: threads > 1 ? wasm.getThreadsCount() : 1,
    },
    composed: () => eraseTensor(composedOperations(tf)),
  };
}

interface WasmThreads {
  setThreadsCount(threads: number): void;
}

/**
 * TF.js leaves threads to browsers. While the backend starts, two functions answer for the browser's: the address of a
 * thread's script is that of our own file, and the number of processors is what makes the library, which takes half of
 * them, take all.
 */
async function withThreads(tf: TensorFlowJs, wasm: WasmThreads, threads: number): Promise<boolean> {
  const os: { cpus: typeof nodeOs.cpus } = require('node:os');
  const original = { address: URL.createObjectURL, cpus: os.cpus };
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
  wasm.setThreadsCount(threads);
  URL.createObjectURL = () => siblingScript(import.meta.url, 'wasm-thread');
  os.cpus = () => Array.from({ length: 2 * threads }, () => original.cpus()[0]!);
  try {
    return await tf.setBackend('wasm');
  } finally {
    URL.createObjectURL = original.address;
    os.cpus = original.cpus;
  }
}
