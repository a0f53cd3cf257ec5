import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src-shared/contract/runs.ts';
import { describeDiagnosis } from './describeDiagnosis.ts';

const diagnosis: Diagnosis = {
  backend: 'wasm',
  libraryVersion: '4.22.0',
  device: 'processor',
  info: null,
  refusals: [{ backend: 'webgpu', code: 'NO_DEVICE', reason: 'no graphics card' }],
  preference: null,
  memory: { totalBytes: 8 * 2 ** 30, freeBytes: 2 ** 30 },
  versions: { node: '24.0.0' },
  missing: [],
};

describe('who chose the engine', () => {
  it.each([
    [null, 'Chosen by self-test: the first of all backends in their order that passes'],
    [{ from: 'option', backends: ['wasm'] } as const, 'Chosen by option --backend: only wasm'],
    [
      { from: 'environment', backends: ['webgpu', 'wasm'] } as const,
      'Chosen by variable PARENCHYMA_BACKEND: only webgpu, wasm',
    ],
    [{ from: 'settings', backends: ['wasm'] } as const, 'Chosen by Settings → Engine: only wasm'],
    [
      { from: 'option', backends: [] } as const,
      'Chosen by option --backend: automatic, the first of all backends in their order that passes the self-test',
    ],
  ])('%j', (preference, line) => {
    const decided = preference && { from: preference.from, backends: [...preference.backends] };
    expect(describeDiagnosis({ ...diagnosis, preference: decided }).split('\n')).toContain(line);
  });
});
