import { describe, expect, it } from 'vitest';
import { asJobFailure } from './failure.ts';

describe('memory that could not be had is told from mistakes in the program', () => {
  it.each([
    [
      'TensorFlow on the processor',
      'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[16,128,128,64] on /job:localhost/replica:0/task:0/device:CPU:0 by allocator mklcpu',
      'The memory was not enough',
    ],
    [
      'TensorFlow on a graphics card',
      'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[16,224,224,64] on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc',
      'The memory of the graphics card',
    ],
    [
      'oneDNN',
      'Invalid TF_Status: 10\nMessage: Compute received an exception:Status: 1, message: could not create a primitive',
      'The memory was not enough',
    ],
    [
      'WebGPU',
      'Not enough memory left. - VK_ERROR_OUT_OF_DEVICE_MEMORY: out of memory',
      'The memory of the graphics card',
    ],
    [
      'WebGPU, one tensor too large for the card',
      'Buffer size (411041792) exceeds the max buffer size limit (268435456).',
      'The memory of the graphics card',
    ],
    ['WebAssembly', 'memory access out of bounds', 'WebAssembly’s memory'],
    ['WebAssembly, once it has failed', 'Aborted(). Build with -sASSERTIONS for more info.', 'WebAssembly’s memory'],
    ['JavaScript', 'Array buffer allocation failed', 'The memory was not enough'],
  ])('%s', (_who, message, words) => {
    const failure = asJobFailure(new Error(message));
    expect(failure.code).toBe('OUT_OF_MEMORY');
    expect(failure.message).toContain(words);
  });

  it('a mistake stays a mistake, a full disk a full disk', () => {
    expect(asJobFailure(new Error('Invalid TF_Status: 3\nMessage: shapes differ')).code).toBe('INTERNAL');
    expect(asJobFailure(Object.assign(new Error('no space'), { code: 'ENOSPC' })).code).toBe('DISK');
  });
});
