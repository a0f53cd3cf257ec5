import { describe, expect, it } from 'vitest';
import type { TensorFlowBinding } from './binding.ts';
import { graphicsCardMissing } from './start.ts';

const right = [12, 21, 16, 27, 45, 33, 24, 39, 28];

/** TensorFlow's binding as it behaves with one graphics card; no test machine has one. */
function bindingWith(gpu: boolean, convolution: () => number[]): { binding: TensorFlowBinding; live: Set<number> } {
  const live = new Set<number>();
  let last = 0;
  const make = () => {
    live.add(++last);
    return last;
  };
  const binding: TensorFlowBinding = {
    createTensor: make,
    deleteTensor: (id) => void live.delete(id),
    tensorDataSync: () => Float32Array.from(convolution()),
    executeOp(name, attributes) {
      if (name === 'Conv2D') {
        expect(attributes.find((one) => one.name === 'data_format')?.value).toBe('NCHW');
        convolution();
      }
      return [{ id: make(), shape: [1, 1, 3, 3], dtype: 2 }];
    },
    isUsingGpuDevice: () => gpu,
    getNumOfTensors: () => live.size,
    TF_Version: '2.21.0',
    TF_FLOAT: 1,
    TF_INT32: 3,
    TF_ATTR_STRING: 0,
    TF_ATTR_INT: 1,
    TF_ATTR_FLOAT: 2,
    TF_ATTR_BOOL: 3,
    TF_ATTR_TYPE: 4,
    TF_ATTR_SHAPE: 5,
  };
  return { binding, live };
}

const info = {
  backend: 'tensorflow-gpu' as const,
  libraryVersion: 'TensorFlow 2.21.0',
  device: 'NVIDIA RTX A4000',
  driver: 'NVIDIA 550.90',
  memoryBytes: 16e9,
  threads: null,
};

describe('a graphics card is accepted', () => {
  it('when a convolution that only a GPU can do gave the right numbers, and nothing is left on it', () => {
    const { binding, live } = bindingWith(true, () => right);
    expect(graphicsCardMissing({ binding, info })).toBeNull();
    expect(live.size).toBe(0);
  });

  it('not when TensorFlow lists no GPU', () => {
    const { binding } = bindingWith(false, () => right);
    expect(graphicsCardMissing({ binding, info })).toMatchObject({ code: 'NO_GPU_DEVICE' });
  });

  it('not when TensorFlow lists it but computes elsewhere', () => {
    const elsewhere = () => {
      throw new Error('Invalid TF_Status: 12\nMessage: only supports the NHWC tensor format on the CPU');
    };
    const { binding, live } = bindingWith(true, elsewhere);
    const refusal = graphicsCardMissing({ binding, info });
    expect(refusal?.code).toBe('GPU_DOES_NOT_EXECUTE');
    expect(refusal?.reason).toContain('NVIDIA RTX A4000');
    expect(refusal?.reason).toContain('NHWC');
    expect(live.size).toBe(0);
  });

  it('not when the numbers are wrong or missing', () => {
    for (const values of [[], right.map((value) => value + 1)]) {
      const { binding } = bindingWith(true, () => values);
      expect(graphicsCardMissing({ binding, info })?.code).toBe('GPU_DOES_NOT_EXECUTE');
    }
  });
});
