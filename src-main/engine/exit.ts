import { readFileSync } from 'node:fs';
import { ComputeFailure } from './failure.ts';

/** How a compute process ended by itself. `detail` is the end of its error output. */
export interface ProcessExit {
  code: number | null;
  signal: string | null;
  detail: string;
  /** True where the kernel counted a process ended for want of memory while this one lived. */
  kernelKilled: boolean;
  /** True where this user's programs may take only so much memory (ulimit), so that allocations can fail. */
  limited: boolean;
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
  if (exit.limited && crashes.has(exit.signal ?? '')) {
    return new ComputeFailure(
      'OUT_OF_MEMORY',
      `The memory was not enough for this configuration: this program may take only so much (see "ulimit -a"), an allocation failed and the compute process ended (${how}). It is started again for the next job.`,
      kept,
    );
  }
  return new ComputeFailure(
    'PROCESS_DIED',
    `The compute process ended unexpectedly (${how}). It is started again for the next job.`,
    kept,
  );
}

/** How a library ends that does not check whether its memory was given. */
const crashes: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGILL', 'SIGTRAP']);

/** TensorFlow's notes about the processor, and lines of a stack, say nothing to anybody here. */
const noise = /^[IW]\d{4} |^WARNING: All log messages|^\s*\d+: 0x|^-----|^To enable the following/;

export function describeExit({ code, signal, detail }: Pick<ProcessExit, 'code' | 'signal' | 'detail'>): string {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const lines = detail.split('\n').filter((line) => line.trim() !== '' && !noise.test(line));
  const telling = lines.find((line) => outOfMemoryWords.test(line)) ?? lines.at(-1);
  return telling === undefined ? how : `${how}: ${telling.trim()}`;
}

/** Whether this process, and so its children, may take only so much memory. */
export function memoryIsLimited(): boolean {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return /^Max (address space|data size)\s+\d/m.test(limits);
  } catch {
    return false;
  }
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
