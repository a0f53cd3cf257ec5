import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BackendInfo } from '../../../../src-shared/contract/training.ts';
import type { Operations } from '../../network/operations.ts';
import { connectThread } from '../remote/blocking.ts';
import { remoteOperations } from '../remote/client.ts';
import { siblingScript } from '../sibling.ts';
import { eraseTensor } from '../tensorflow.ts';
import type { ThreadMessage } from './messages.ts';

export interface WebGpuBackend {
  info: BackendInfo;
  composed(): Operations<unknown>;
  close(): Promise<void>;
}

export interface WebGpuRefusal {
  code: 'NOT_INSTALLED' | 'ELECTRON' | 'NO_ADAPTER' | 'SOFTWARE_ADAPTER' | 'START_FAILED';
  reason: string;
}

/**
 * WebGPU under Node: any graphics card with a Vulkan, Metal or Direct3D 12 driver, without CUDA.
 *
 * @param acceptSoftware takes an adapter that computes on the processor too, which only tests and the curious want
 */
export async function startWebGpu(acceptSoftware: boolean): Promise<WebGpuBackend | WebGpuRefusal> {
  if (process.versions.electron !== undefined) return insideElectron;
  const worker = new Worker(siblingScript(import.meta.url, 'webgpu-thread'));
  worker.unref();
  const message = await firstMessage(worker);
  const close = async () => {
    // Awaited for, it has to hold the process until it is gone.
    worker.ref();
    await worker.terminate();
  };
  if (!('ready' in message)) {
    await close();
    return 'noAdapter' in message ? noAdapter : refusalOf(message.failed);
  }
  const { device, software, libraryVersion } = message.ready;
  if (software && !acceptSoftware) {
    await close();
    return {
      code: 'SOFTWARE_ADAPTER',
      reason: `The only WebGPU device here is ${device}, which computes on the processor, slower than WebAssembly. Install the graphics card's driver. (Choosing WebGPU by name uses it nevertheless.)`,
    };
  }
  const ops = eraseTensor(remoteOperations('composed', connectThread(worker)));
  return {
    info: { backend: 'webgpu', libraryVersion, device, driver: 'WebGPU (Dawn)', memoryBytes: null, threads: null },
    composed: () => ops,
    close,
  };
}

async function firstMessage(worker: Worker): Promise<ThreadMessage> {
  worker.ref();
  try {
    const [message]: [ThreadMessage] = await Promise.race([
      once(worker, 'message') as Promise<[ThreadMessage]>,
      once(worker, 'exit').then((): [ThreadMessage] => [{ failed: 'its thread ended while it started' }]),
    ]);
    return message;
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  } finally {
    worker.unref();
  }
}

/** Dawn for Node hands out memory of its own as ArrayBuffers, which Electron's memory cage forbids. */
const insideElectron: WebGpuRefusal = {
  code: 'ELECTRON',
  reason:
    'The WebGPU library cannot run inside the desktop window. Start the browser shell ("npx parenchyma serve") to use it.',
};

const noAdapter: WebGpuRefusal = {
  code: 'NO_ADAPTER',
  reason:
    'No graphics device with a usable driver was found. WebGPU needs Vulkan 1.1 or newer on Linux (install the maker’s driver, or the package mesa-vulkan-drivers of Mesa 23 or newer; "vulkaninfo" must list the card), Direct3D 12 on Windows, Metal on macOS.',
};

function refusalOf(failure: string): WebGpuRefusal {
  if (/Cannot find (package|module)/.test(failure)) {
    return {
      code: 'NOT_INSTALLED',
      reason:
        'The package "webgpu" is not installed here. It comes with "npm ci", unless optional packages were left out.',
    };
  }
  if (/GLIBC|libstdc\+\+/.test(failure)) {
    return {
      code: 'START_FAILED',
      reason: `The system's C or C++ library is too old for the WebGPU library (${failure}). A newer system release has it.`,
    };
  }
  return { code: 'START_FAILED', reason: `The WebGPU library could not be started: ${failure}` };
}
