import { readFileSync } from 'node:fs';
import { ComputeFailure } from './failure.ts';

/** How a compute process ended by itself. `detail` is the end of its error output. */
export interface ProcessExit {
  code: number | null;
  signal: string | null;
  detail: string;
  /** True where the kernel counted a process ended for want of memory while this one lived. */
  kernelKilled: boolean;
}

const kept =
  'If an epoch was finished before, the model of the best epoch is kept; the images and labels are unchanged.';

/** Words with which libraries and runtimes say, before they abort, that memory could not be had. */
const outOfMemoryWords =
  /bad_alloc|out of memory|OOM|Cannot allocate memory|allocation failed|failed to allocate|Cannot enlarge memory|RESOURCE_?EXHAUSTED/i;

/** 128 + 9: how a shell, and Electron, say SIGKILL. */
const killedCode = 137;

/**
 * What is said about a compute process that ended while it worked. SIGKILL comes from outside; when the host did not send it,
 * it is nearly always the kernel (or a container's limit), which ends the largest process when memory runs out.
 */
export function explainExit(exit: ProcessExit): ComputeFailure {
  const how = describeExit(exit);
  if (outOfMemoryWords.test(exit.detail)) {
    return new ComputeFailure(
      'OUT_OF_MEMORY',
      `The memory was not enough for this configuration: the compute process could get no more and ended (${how}). It is started again for the next job.`,
      kept,
    );
  }
  if (exit.signal === 'SIGKILL' || exit.code === killedCode) {
    const who = exit.kernelKilled
      ? 'the system ended the compute process because memory ran out'
      : 'the compute process was ended from outside (SIGKILL), which is what a system does when memory runs out';
    return new ComputeFailure(
      'OUT_OF_MEMORY',
      `The memory was not enough for this configuration: ${who}. It is started again for the next job.`,
      kept,
    );
  }
  return new ComputeFailure(
    'PROCESS_DIED',
    `The compute process ended unexpectedly (${how}). It is started again for the next job.`,
    kept,
  );
}

export function describeExit({ code, signal, detail }: Omit<ProcessExit, 'kernelKilled'>): string {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const lastLine = detail.split('\n').at(-1)?.trim();
  return lastLine ? `${how}: ${lastLine}` : how;
}

/** Processes that Linux has ended for want of memory since it started, a container's among them; null where it does not tell. */
export function kernelKills(): number | null {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    return null;
  }
}
