/**
 * Many files in one task of a decode worker: a message each way costs as much as validating a header, so an import sends files in groups.
 * The worker says which file it has reached, in memory that both sides see; see readInWorkers.ts.
 */
import { readForLibrary } from './decodeFile.ts';
import type { FileToRead, ReadOutcomes } from './decodeProtocol.ts';
import { groupMilliseconds } from './limits.ts';
import type { ReadOutcome } from './outcomes.ts';
import { rejecting } from './refusal.ts';

export async function readFiles(files: readonly FileToRead[], reached: SharedArrayBuffer): Promise<ReadOutcomes> {
  const place = new Int32Array(reached);
  const outcomes: ReadOutcome[] = [];
  const startedAt = performance.now();
  for (const [index, { path, known }] of files.entries()) {
    if (index > 0 && performance.now() - startedAt > groupMilliseconds) break;
    Atomics.store(place, 0, index);
    outcomes.push(await rejecting(() => readForLibrary(path, known)));
  }
  return { kind: 'outcomes', outcomes };
}
