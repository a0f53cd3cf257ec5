/**
 * Thread in which WebGPU runs under Node, through Dawn (npm `webgpu`). Transport only: the backend is `engine.ts`, the calls
 * are `remote/`.
 */
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { TensorFlowJs } from '../../network/tensorflowjs.ts';
import { answerCalls, type Connection } from '../remote/blocking.ts';
import { serveOperations } from '../remote/server.ts';
import { webGpuEngine, type GraphicsDevice } from './engine.ts';
import type { AdapterFacts, ThreadMessage } from './messages.ts';

const require = createRequire(import.meta.url);

/** As much of WebGPU as is used here; the package's own types declare it for every file of a project. */
interface Adapter {
  info: { vendor: string; architecture: string; device: string; description: string; isFallbackAdapter?: boolean };
  limits: { maxBufferSize: number };
}
interface WebGpu {
  requestAdapter(options: object): Promise<Adapter | null>;
}

const tell = (message: ThreadMessage) => parentPort?.postMessage(message);

try {
  await start();
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : String(error) });
}

async function start(): Promise<void> {
  const { create, globals }: { create(flags: string[]): WebGpu; globals: object } = require('webgpu');
  const gpu = create([]);
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return tell({ noAdapter: true });
  const tf: TensorFlowJs = require('@tensorflow/tfjs-core');
  require('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) throw new Error('TF.js did not accept the WebGPU backend.');
  await tf.ready();
  const { device } = tf.backend() as tfBackend;
  const perform = serveOperations(webGpuEngine(tf, device));
  parentPort?.once('message', (connection: Connection) => answerCalls(connection, perform));
  tell({ ready: { ...factsOf(adapter), libraryVersion: `TF.js ${tf.version_core}` } });
}

type tfBackend = { device: GraphicsDevice } & ReturnType<TensorFlowJs['backend']>;

function factsOf({ info, limits }: Adapter): AdapterFacts {
  return {
    device:
      info.description || [info.vendor, info.architecture, info.device].filter(Boolean).join(' ') || 'WebGPU device',
    software: info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render/i.test(info.description),
    largestBufferBytes: limits.maxBufferSize,
  };
}
