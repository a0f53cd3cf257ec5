import type { ComputeEvent } from '../../src-shared/contract/compute.ts';

export type FailureCode = Extract<ComputeEvent, { kind: 'failed' }>['code'];

/** A job that cannot go on, in words for the user; `kept` says what of its work remains. */
export class JobFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JobFailure';
    this.code = code;
  }
}

/** How TensorFlow (status 8), oneDNN below it (its status 1), a thread that finds no room (EAGAIN), JavaScript, WebAssembly and WebGPU say that memory could not be had. */
const outOfMemoryWords =
  /\bOOM\b|\bEAGAIN\b|\bENOMEM\b|out of memory|out-of-memory|allocation failed|failed to allocate|RESOURCE_?EXHAUSTED|TF_Status: 8\b|exception:Status: 1,|bad_alloc|Cannot enlarge memory|memory access out of bounds|\bAborted\(|Memory\.grow|exceeds the max|larger than the maximum binding size/i;

function whichMemory(message: string): string {
  if (/\bGPU|graphics|buffer size|binding size|D3D|Vulkan|VK_ERROR/i.test(message))
    return 'The memory of the graphics card';
  if (/WebAssembly|wasm|enlarge memory|out of bounds|Aborted\(|Memory\.grow/i.test(message))
    return 'WebAssembly’s memory (4 GB at most)';
  return 'The memory';
}

/** Gives an unexpected error the nearest code: full memory and full disks are told apart from mistakes in the program. */
export function asJobFailure(error: unknown): JobFailure {
  if (error instanceof JobFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS' || code === 'EACCES' || code === 'EIO') {
    return new JobFailure('DISK', `A file could not be written: ${message}`, { cause: error });
  }
  if (outOfMemoryWords.test(message)) {
    return new JobFailure('OUT_OF_MEMORY', `${whichMemory(message)} was not enough for this configuration.`, {
      cause: error,
    });
  }
  return new JobFailure('INTERNAL', `The computation failed: ${message}`, { cause: error });
}
