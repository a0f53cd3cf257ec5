import { describe, expect, it } from 'vitest';
import { backendPreference, backendsToTry } from './backendPreference.ts';

describe('which backends are tried', () => {
  it('all of them unless somebody decided', () => {
    expect(backendPreference({}, null)).toBeNull();
    expect(backendPreference({ PARENCHYMA_BACKEND: ' ' }, null)).toBeNull();
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

  it('the one of the option before the environment', () => {
    expect(backendPreference({ PARENCHYMA_BACKEND_OPTION: 'wasm', PARENCHYMA_BACKEND: 'webgpu' }, null)).toEqual({
      backends: ['wasm'],
      from: 'option',
    });
  });

  it('all of them where automatic was asked for, whatever the settings say', () => {
    const asked = backendPreference({ PARENCHYMA_BACKEND_OPTION: 'automatic' }, 'wasm');
    expect(asked).toEqual({ backends: [], from: 'option' });
    expect(backendsToTry(asked)).toBeNull();
    expect(backendsToTry(backendPreference({}, 'wasm'))).toEqual(['wasm']);
  });

  it('a name that is none is refused, with the names that are', () => {
    expect(() => backendPreference({ PARENCHYMA_BACKEND: 'cuda' }, null)).toThrow('“cuda” is no backend.');
  });
});
