import { describe, expect, it } from 'vitest';
import { backendPreference } from './backendPreference.ts';

describe('which backends are tried', () => {
  it('all of them unless somebody decided', () => {
    expect(backendPreference({}, null)).toBeNull();
    expect(backendPreference({ PARENCHYMA_BACKEND: 'automatic' }, null)).toBeNull();
  });

  it('the one from the settings', () => {
    expect(backendPreference({}, 'wasm')).toEqual({ backends: ['wasm'], from: 'settings' });
  });

  it('those of the environment before the settings, in their order', () => {
    expect(backendPreference({ PARENCHYMA_BACKEND: 'webgpu, Tensorflow,webgpu' }, 'wasm')).toEqual({
      backends: ['webgpu', 'tensorflow'],
      from: 'environment',
    });
  });

  it('a name that is none is refused, with the names that are', () => {
    expect(() => backendPreference({ PARENCHYMA_BACKEND: 'cuda' }, null)).toThrow('“cuda” is no backend.');
  });
});
