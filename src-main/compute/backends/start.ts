import type { ComputeRequest } from '../../../src-shared/contract/compute.ts';
import type { BackendInfo } from '../../../src-shared/contract/training.ts';
import type { Operations } from '../network/operations.ts';
import { proveGpuExecution } from './gpu-proof.ts';
import { selfTest } from './self-test.ts';
import { startTensorFlow, type NativeBackend } from './tensorflow.ts';
import { startWasm } from './wasm.ts';
import { startWebGpu } from './webgpu/start.ts';

export interface StartedBackend {
  info: BackendInfo;
  ops: Operations<unknown>;
}

/** Why a backend is not used: what was found, and what the person who looks after the machine can do. */
export interface StartRefusal {
  code: string;
  reason: string;
}

type StartRequest = Extract<ComputeRequest, { kind: 'start' }>;

/** Starts a backend and proves it; what it lacks comes back in words. */
export async function startBackend(request: StartRequest): Promise<StartedBackend | StartRefusal> {
  try {
    return await start(request);
  } catch (error) {
    return { code: 'START_FAILED', reason: `It could not be started: ${messageOf(error)}` };
  }
}

async function start({ backend, binding, engine, insist }: StartRequest): Promise<StartedBackend | StartRefusal> {
  if (backend === 'wasm') {
    const { info, composed } = await startWasm();
    return prove(info, composed(), null);
  }
  if (backend === 'webgpu') {
    const started = await startWebGpu(insist);
    return 'reason' in started ? started : prove(started.info, started.composed(), null);
  }
  if (binding === null) {
    return { code: 'NOT_INSTALLED', reason: 'It is not installed. Run "node scripts/setup/engine.ts".' };
  }
  const native = startTensorFlow(backend, binding);
  const missing = backend === 'tensorflow-gpu' ? graphicsCardMissing(native) : null;
  return missing ?? prove(native.info, native.composed(), engine === 'composed' ? null : native.fused());
}

/** A GPU counts only when an operation really executed on it. */
export function graphicsCardMissing({ binding, info }: Pick<NativeBackend, 'binding' | 'info'>): StartRefusal | null {
  if (!binding.isUsingGpuDevice()) {
    return {
      code: 'NO_GPU_DEVICE',
      reason:
        'TensorFlow was loaded but found no GPU that it can use. "nvidia-smi" must list the card with driver 525 or newer and compute capability 6.0 or newer; in a container, the card must be passed into it (docker run --gpus all).',
    };
  }
  const problem = proveGpuExecution(binding);
  if (problem === null) return null;
  return {
    code: 'GPU_DOES_NOT_EXECUTE',
    reason: `TensorFlow lists ${info.device}, but a convolution did not execute on it (${problem}). Usually cuDNN could not be loaded or other programs hold the card's memory: see "nvidia-smi", end them, or reinstall the engine with "node scripts/setup/engine.ts".`,
  };
}

/** The fused engine is taken where its ops exist and it passes the same test as the composed one. */
function prove(
  info: BackendInfo,
  composed: Operations<unknown>,
  fused: Operations<unknown> | null,
): StartedBackend | StartRefusal {
  const problem = selfTest(composed);
  if (problem !== null) {
    return {
      code: 'SELF_TEST_FAILED',
      reason: `Its self-test failed: ${problem}. It is not used, since its results could not be trusted; a newer driver may help.`,
    };
  }
  const ops = fused !== null && passes(fused) ? fused : composed;
  return { info: { ...info, mixedPrecision: ops.mixedPrecision !== undefined }, ops };
}

function passes(fused: Operations<unknown>): boolean {
  try {
    return selfTest(fused) === null;
  } catch {
    // The library lacks an op: it was built without oneDNN, or for another processor.
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
