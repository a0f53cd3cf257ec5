import type { Diagnosis } from '../../src-shared/contract/runs.ts';

export const backendWords: Record<Diagnosis['backend'], string> = {
  'tensorflow-gpu': 'TensorFlow on the graphics card',
  tensorflow: 'TensorFlow on the processor',
  webgpu: 'WebGPU on the graphics card',
  wasm: 'WebAssembly (slow)',
  none: 'no engine',
};

/** The chip's few words: the graphics card by name, else the processor. */
export function engineWords(diagnosis: Diagnosis): string {
  if (diagnosis.backend === 'tensorflow-gpu' || diagnosis.backend === 'webgpu')
    return diagnosis.device ?? 'Graphics card';
  if (diagnosis.backend === 'tensorflow') return 'CPU';
  if (diagnosis.backend === 'wasm') return 'CPU, slow engine';
  return 'No engine';
}
