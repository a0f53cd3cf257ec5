/**
 * Groups of files given to the workers, see readFiles.ts. The limits stay those of one file: a file that overran, or with which the worker
 * died, is known, and only it is refused; what was lost of its group is read again.
 */
import { stat } from 'node:fs/promises';
import type { DecodeResult, DecodeTask, FileToRead } from './decodeProtocol.ts';
import { groupMilliseconds, timeLimit } from './limits.ts';
import type { ReadOutcome } from './outcomes.ts';
import type { Rejected } from './refusal.ts';
import type { Settled, WorkerPool } from './workerPool.ts';

export type Failed = Exclude<Settled<never>, { kind: 'result' }>;

/** Outcomes in the order of the files; fewer of them only when `signal` was aborted. */
export async function readInWorkers(
  pool: Pick<WorkerPool<DecodeTask, DecodeResult>, 'run'>,
  files: readonly FileToRead[],
  signal: AbortSignal,
  refuse: (failed: Failed, milliseconds: number) => Rejected,
): Promise<ReadOutcome[]> {
  const outcomes = new Map<number, ReadOutcome>();
  let waiting = files.map((_, place) => place);
  while (waiting.length > 0 && !signal.aborted) {
    const reached = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const current = () => waiting[Atomics.load(new Int32Array(reached), 0)]!;
    // The files before it may have taken a little of the time.
    const limit = async () => groupMilliseconds + (await fileLimit(files[current()]!.path));
    const settled = await pool.run(
      { kind: 'read', files: waiting.map((place) => files[place]!), reached },
      groupMilliseconds + timeLimit(0),
      limit,
    );
    if (settled.kind === 'result' && 'outcomes' in settled.result) {
      for (const outcome of settled.result.outcomes) outcomes.set(waiting.shift()!, outcome);
    } else if (settled.kind !== 'result') {
      const stopped = current();
      outcomes.set(stopped, refuse(settled, await fileLimit(files[stopped]!.path)));
      waiting = waiting.filter((place) => place !== stopped);
    }
  }
  return files.flatMap((_, place) => outcomes.get(place) ?? []);
}

/** Only a file that takes longer than a small one may is asked for its size. */
export async function fileLimit(path: string): Promise<number> {
  return timeLimit((await stat(path).catch(() => null))?.size ?? 0);
}
