import type { ComputeRequest } from '../../../src-shared/contract/compute.ts';
import type { BackendInfo } from '../../../src-shared/contract/training.ts';
import type { Operations } from '../network/operations.ts';
import { selfTest } from './self-test.ts';
import { startTensorFlow } from './tensorflow.ts';
import { startWasm } from './wasm.ts';

export interface StartedBackend {
  info: BackendInfo;
  ops: Operations<unknown>;
}

/** Starts a backend and proves it; what it lacks comes back in words. */
export async function startBackend({
  backend,
  binding,
  engine,
}: Extract<ComputeRequest, { kind: 'start' }>): Promise<StartedBackend | { code: string; reason: string }> {
  try {
    if (backend === 'wasm') {
      const { info, composed } = await startWasm();
      return prove(info, composed(), null);
    }
    if (binding === null) return { code: 'NOT_INSTALLED', reason: 'The native engine is not installed.' };
    const native = startTensorFlow(backend, binding);
    const onGpu = native.binding.isUsingGpuDevice();
    if (backend === 'tensorflow-gpu' && !onGpu) {
      return {
        code: 'NO_GPU_DEVICE',
        reason:
          'TensorFlow was loaded but found no GPU that it can use. Check the NVIDIA driver (525 or newer) with nvidia-smi.',
      };
    }
    return prove(native.info, native.composed(), engine === 'composed' ? null : native.fused());
  } catch (error) {
    return {
      code: 'START_FAILED',
      reason: `It could not be started: ${error instanceof Error ? error.message : error}`,
    };
  }
}

/** The fused engine is taken where its ops exist and it agrees with the composed one, which is held against stored numbers. */
function prove(
  info: BackendInfo,
  composed: Operations<unknown>,
  fused: Operations<unknown> | null,
): StartedBackend | { code: string; reason: string } {
  const first = selfTest(composed, null);
  if (first.problem !== null) {
    return { code: 'SELF_TEST_FAILED', reason: `Its self-test failed: ${first.problem}. It is not used.` };
  }
  return { info, ops: fused !== null && agrees(fused, first.results) ? fused : composed };
}

function agrees(fused: Operations<unknown>, reference: Float32Array): boolean {
  try {
    return selfTest(fused, reference).problem === null;
  } catch {
    // The library lacks an op: it was built without oneDNN, or for another processor.
    return false;
  }
}
