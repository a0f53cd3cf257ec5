import { describe, expect, it } from 'vitest';
import { recipes } from './recipe.ts';

describe.each(['cpu', 'gpu'] as const)('what is kept of the %s wheels', (variant) => {
  const kept = (member: string) => recipes[variant].keep.some((one) => new RegExp(`^(?:${one})$`).test(member));

  it('has the libraries and their licences', () => {
    for (const member of [
      'tensorflow/libtensorflow_cc.so.2',
      'tensorflow/THIRD_PARTY_NOTICES.txt',
      'nvidia_cudnn_cu12-9.28.0.42.dist-info/License.txt',
      'nvidia_cufft_cu12-11.4.1.4.dist-info/licenses/LICENSE',
    ]) {
      expect(kept(member), member).toBe(true);
    }
  });

  it('has nothing of the Python parts', () => {
    for (const member of [
      'tensorflow/__init__.py',
      'tensorflow/python/_pywrap_tensorflow_internal.so',
      'tensorflow_cpu-2.21.0.dist-info/RECORD',
    ]) {
      expect(kept(member), member).toBe(false);
    }
  });
});
