import { describe, expect, it } from 'vitest';
import { computeEnvironment } from './channel.ts';

describe('the environment of a compute process', () => {
  it('lets a graphics card be shared, computes float32 in float32, and numbers cards as nvidia-smi does', () => {
    expect(computeEnvironment('tensorflow-gpu')).toMatchObject({
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      NVIDIA_TF32_OVERRIDE: '0',
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    });
  });

  it('hides the card from the CPU backend only, which the same library serves', () => {
    expect(computeEnvironment('tensorflow').CUDA_VISIBLE_DEVICES).toBe('-1');
    for (const backend of ['tensorflow-gpu', 'webgpu', 'wasm'] as const) {
      expect(computeEnvironment(backend)).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
    }
  });
});
