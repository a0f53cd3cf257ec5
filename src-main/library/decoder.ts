import { availableParallelism } from 'node:os';
import type { Preprocessing } from '../../src-shared/contract/training.ts';
import type {
  BytesOutcome,
  DecodeResult,
  DecodeResults,
  DecodeTask,
  DirectoryOutcome,
  FileToRead,
  MeasureOutcome,
  PatientOutcome,
  PixelHashOutcome,
} from './decodeProtocol.ts';
import { timeLimit } from './limits.ts';
import type { FrameOutcome, InspectOutcome, ReadOutcome } from './outcomes.ts';
import { fileLimit, readInWorkers, type Failed } from './readInWorkers.ts';
import { Refusal, type Rejected } from './refusal.ts';
import { WorkerPool } from './workerPool.ts';

/** The one decoder of the program. Expected failures come back as `{ kind: 'rejected' }`; bytes-only answers throw a Refusal instead. */
export interface Decoder {
  /** Decodes every frame, for hashes and range. */
  inspect(path: string): Promise<InspectOutcome>;
  /**
   * What an import keeps of each file, in their order; a file that has the size and time of its `known` is not read. Fewer outcomes than files only
   * when `signal` was aborted.
   */
  read(files: readonly FileToRead[], signal: AbortSignal): Promise<ReadOutcome[]>;
  /** The files that a DICOMDIR lists. */
  directory(path: string): Promise<DirectoryOutcome>;
  /** Frames count from 0. */
  decodeFrame(path: string, frame: number): Promise<FrameOutcome>;
  /**
   * imageSize × imageSize gray bytes, row-major, as the network gets them before normalisation. With `fileSha256` a file whose
   * content is another one by now is refused with FILE_CHANGED. Throws Refusal.
   */
  networkInput(
    path: string,
    frame: number,
    preprocessing: Preprocessing,
    expected?: { fileSha256: string },
  ): Promise<Uint8Array>;
  /** WebP in the default window, longer edge at most `edge` pixels. Throws Refusal. */
  thumbnail(path: string, frame: number, edge: number): Promise<Buffer>;
  /** Name, dates and the like, as the file says them. */
  patientFacts(path: string): Promise<PatientOutcome>;
  /** sha256 of the stored values of a DICOM frame; FILE_CHANGED when the file's own sha256 is another by now. */
  pixelHash(path: string, frame: number, fileSha256: string): Promise<PixelHashOutcome>;
  /**
   * What pictures are compared by, and what may tell their class: see duplicates/measure.ts. With `fileSha256` also the hash of the
   * frame's stored values.
   */
  measure(path: string, frame: number, fileSha256: string | null): Promise<MeasureOutcome>;
  close(): Promise<void>;
}

export interface DecoderOptions {
  workers?: number;
  /** Told of failures of the decoder itself, without file names. */
  log?: (message: string) => void;
  /** The worker's script where it is bundled. */
  workerEntry?: URL;
}

/** One more than there are processors, so that none waits while a worker waits for its file; memory sets the upper end. */
const defaultWorkers = Math.min(8, availableParallelism() + 1);

export function createDecoder({ workers = defaultWorkers, log = () => {}, workerEntry }: DecoderOptions = {}): Decoder {
  const entry = workerEntry ?? new URL('./worker.ts', import.meta.url);
  const pool = new WorkerPool<DecodeTask, DecodeResult>(entry, workers);

  async function run<T extends Exclude<DecodeTask, { kind: 'read' }>>(
    task: T,
  ): Promise<DecodeResults[T['kind']] | Rejected> {
    const limit = () => fileLimit(task.path);
    const settled = await pool.run(task, timeLimit(0), limit);
    if (settled.kind === 'result') return settled.result as DecodeResults[T['kind']];
    return toRejected(settled, await limit(), log);
  }

  async function runForBytes(task: Extract<DecodeTask, { kind: 'input' | 'thumbnail' }>): Promise<Uint8Array> {
    const outcome: BytesOutcome = await run(task);
    if (outcome.kind === 'rejected') throw new Refusal(outcome.code, outcome.reason);
    return outcome.bytes;
  }

  return {
    inspect: (path) => run({ kind: 'inspect', path }),
    read: (files, signal) =>
      readInWorkers(pool, files, signal, (failed, milliseconds) => toRejected(failed, milliseconds, log)),
    directory: (path) => run({ kind: 'directory', path }),
    decodeFrame: (path, frame) => run({ kind: 'frame', path, frame }),
    networkInput: (path, frame, preprocessing, expected) =>
      runForBytes({ kind: 'input', path, frame, preprocessing, fileSha256: expected?.fileSha256 ?? null }),
    async thumbnail(path, frame, edge) {
      const bytes = await runForBytes({ kind: 'thumbnail', path, frame, edge });
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    patientFacts: (path) => run({ kind: 'patient', path }),
    pixelHash: (path, frame, fileSha256) => run({ kind: 'pixelHash', path, frame, fileSha256 }),
    measure: (path, frame, fileSha256) => run({ kind: 'measure', path, frame, fileSha256 }),
    close: () => pool.close(),
  };
}

function toRejected(settled: Failed, milliseconds: number, log: (message: string) => void): Rejected {
  if (settled.kind === 'overran') {
    return {
      kind: 'rejected',
      code: 'TIME_LIMIT',
      reason: `Reading the file took more than ${milliseconds / 1000} s and was stopped.`,
    };
  }
  if (settled.outOfMemory) {
    return {
      kind: 'rejected',
      code: 'MEMORY_LIMIT',
      reason: 'Reading the file took more memory than it may and was stopped.',
    };
  }
  log(`A decode worker failed: ${settled.message}`);
  return {
    kind: 'rejected',
    code: 'DECODER_FAILED',
    reason: 'The decoder failed on this file; the other files are not affected.',
  };
}
