import type { BackendRefusal } from '../../src-shared/contract/training.ts';
import type { BackendName } from '../../src-shared/contract/vocabulary.ts';

export type EngineRefusalCode =
  | 'PLATFORM'
  | 'NO_PYTHON'
  | 'NO_PIP'
  | 'NO_COMPILER'
  | 'NO_NETWORK'
  | 'NO_DRIVER'
  | 'HASH_MISMATCH'
  | 'DISK_FULL'
  | 'CACHE_UNWRITABLE'
  | 'DOWNLOAD_FAILED'
  | 'BUILD_FAILED'
  | 'PROOF_FAILED'
  | 'NOT_INSTALLED'
  | 'CANCELLED';

/** Why a native engine cannot be had on this machine, in words that the person who looks after it can act on. */
export class EngineRefusal extends Error {
  readonly code: EngineRefusalCode;

  constructor(code: EngineRefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineRefusal';
    this.code = code;
  }

  forBackend(backend: BackendName): BackendRefusal {
    return { backend, code: this.code, reason: this.message };
  }
}

/** Turns what the file system says into a refusal; anything else is passed on as it is. */
export function asRefusal(error: unknown, directory: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new EngineRefusal(
      'DISK_FULL',
      `The disk that holds ${directory} is full. Free some space, or set PARENCHYMA_CACHE to a folder on a larger disk, and run "node scripts/setup/engine.ts" again.`,
      { cause: error },
    );
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(String(code))) {
    return new EngineRefusal(
      'CACHE_UNWRITABLE',
      `The folder ${directory} cannot be written to. Give this user the right to write there, or set PARENCHYMA_CACHE to another folder.`,
      { cause: error },
    );
  }
  return error;
}
