import { describe, expect, it } from 'vitest';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import { checkMemory, type ComputeMachine } from './memoryCheck.ts';
import { estimateTraining, largestBatch } from './memoryEstimate.ts';

const native = { backend: 'tensorflow' as const, classes: 2 };
const full = { ...defaultRunConfiguration, architecture: 'vgg16' as const };
const machine = (change: Partial<ComputeMachine> = {}): ComputeMachine => ({
  backend: 'tensorflow',
  device: 'processor',
  hostBytes: 16e9,
  deviceBytes: null,
  ...change,
});

describe('the memory of a training', () => {
  it('grows with batch and image size, shrinks with the compact head and a frozen backbone', () => {
    const bytes = (change: object) => estimateTraining({ ...full, ...change }, native).hostBytes;
    const usual = bytes({});
    expect(bytes({ batchSize: 64 })).toBeGreaterThan(usual);
    expect(bytes({ preprocessing: { imageSize: 512, window: null } })).toBeGreaterThan(usual);
    expect(bytes({ head: 'compact' })).toBeLessThan(usual);
    expect(bytes({ batchSize: 64, freeze: 'backbone' })).toBeLessThan(bytes({ batchSize: 64 }));
    expect(bytes({ batchSize: 64, freeze: 5 })).toBeLessThan(bytes({ batchSize: 64 }));
  });

  it('holds the weights, Adam’s two slots and the activations, counted by hand', () => {
    // VGG-16, compact head: 14,714,688 + 1,026 numbers; 224 pixels, batch 8: outputs of all layers and the pictures.
    const weights = (14_714_688 + 1_026) * 4;
    const edges = [224, 224, 112, 112, 56, 56, 56, 28, 28, 28, 14, 14, 14];
    const channels = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512];
    const activations = edges.reduce((sum, edge, layer) => sum + 8 * edge * edge * channels[layer]! * 4, 0);
    const { hostBytes, deviceBytes } = estimateTraining({ ...full, head: 'compact' }, native);
    expect(deviceBytes).toBeNull();
    expect(hostBytes).toBeGreaterThan(3 * weights + activations);
    expect(hostBytes).toBeLessThan(3 * weights + activations + 1.2e9);
  });

  it('on a graphics card is the card’s, and the computer needs little', () => {
    const { hostBytes, deviceBytes } = estimateTraining(full, { backend: 'tensorflow-gpu', classes: 2 });
    expect(deviceBytes).toBeGreaterThan(2e9);
    expect(hostBytes).toBeLessThan(4e9);
  });

  it('gives the largest batch that fits', () => {
    const largest = largestBatch(full, native, { hostBytes: 8e9, deviceBytes: null })!;
    const bytes = (batchSize: number) => estimateTraining({ ...full, batchSize }, native).hostBytes;
    expect(bytes(largest)).toBeLessThanOrEqual(8e9);
    expect(bytes(largest + 1)).toBeGreaterThan(8e9);
    expect(largestBatch(full, native, { hostBytes: 1e9, deviceBytes: null })).toBeNull();
  });
});

describe('the check before a run', () => {
  it('says nothing where it fits', () => {
    const { memory, problems } = checkMemory(full, 2, machine());
    expect(problems).toEqual([]);
    expect(memory.largestBatch).toBeGreaterThanOrEqual(full.batchSize);
  });

  it('warns where it is near, blocks where it cannot be, and names a batch that fits', () => {
    const needed = estimateTraining(full, native).hostBytes;
    const near = checkMemory(full, 2, machine({ hostBytes: needed * 0.95 })).problems;
    expect(near).toMatchObject([{ severity: 'careful', about: 'memory' }]);
    const large = { ...full, batchSize: 64 };
    const [blocked] = checkMemory(large, 2, machine({ hostBytes: 4e9 })).problems;
    expect(blocked?.severity).toBe('blocks');
    const named = Number(/batch of (\d+)/.exec(blocked!.remedy)?.[1]);
    expect(checkMemory({ ...large, batchSize: named }, 2, machine({ hostBytes: 4e9 })).problems).toEqual([]);
  });

  it('looks at the graphics card’s memory where it computes', () => {
    const card = machine({ backend: 'tensorflow-gpu', device: 'RTX A2000', deviceBytes: 2e9 });
    const [problem] = checkMemory(full, 2, card).problems;
    expect(problem?.message).toContain('on the graphics card');
  });

  it('refuses the full head on WebAssembly', () => {
    const { memory, problems } = checkMemory(full, 2, machine({ backend: 'wasm' }));
    expect(problems).toMatchObject([{ severity: 'blocks', about: 'memory' }]);
    expect(memory.largestBatch).toBeNull();
  });

  it('knows that WebAssembly ends at 4 GB, whatever the machine has', () => {
    const compact = { ...full, head: 'compact' as const, batchSize: 128 };
    const [problem] = checkMemory(compact, 2, machine({ backend: 'wasm', hostBytes: 64e9 })).problems;
    expect(problem?.message).toContain('all that WebAssembly has');
  });
});
