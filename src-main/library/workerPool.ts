/**
 * A few workers, each with one task at a time. A worker that overruns its time or dies is ended and replaced; its task is told why.
 * What is limited is the processor time of the task's thread, so that a busy machine (a training beside it) fails no good file; the
 * time on the clock is limited to a multiple of it.
 */
import { Worker } from 'node:worker_threads';
import { limits } from './limits.ts';

export type Settled<R> =
  { kind: 'result'; result: R } | { kind: 'overran' } | { kind: 'died'; message: string; outOfMemory: boolean };

interface Job<T, R> {
  task: T;
  milliseconds: number;
  extended: (() => Promise<number>) | null;
  settle: (settled: Settled<R>) => void;
}

interface Slot<T, R> {
  worker: Worker;
  ready: boolean;
  job: Job<T, R> | null;
  /** Sent to the worker already, so that it need not wait for the next one; its time begins when the job before it ends. */
  following: Job<T, R> | null;
  timer: NodeJS.Timeout | null;
  startedAt: number;
  /** Processor time of the worker's thread when its last task ended, microseconds: each answer says it. */
  usageBefore: number;
}

const clockFactor = 5;

/** What workers send: `ready` once, then `done` or `failed` for each task; with each the processor time of their thread until then. */
export type WorkerAnswer<R> = (
  { kind: 'ready' } | { kind: 'done'; result: R } | { kind: 'failed'; message: string }
) & {
  processorTime: number;
};

/** User and system time of this thread, microseconds; for workers to send. */
export function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** Deaths before the first `ready` in a row after which starting workers is given up. */
const startAttempts = 3;

export class WorkerPool<T, R> {
  private readonly entry: URL;
  private readonly size: number;
  private readonly slots: Slot<T, R>[] = [];
  private readonly queue: Job<T, R>[] = [];
  private failedStarts = 0;
  private closed = false;

  constructor(entry: URL, size: number) {
    this.entry = entry;
    this.size = size;
  }

  /** The time counts from when a worker takes the task. `extended` is asked, when it is over, whether this task may take longer. */
  run(task: T, milliseconds: number, extended: (() => Promise<number>) | null = null): Promise<Settled<R>> {
    return new Promise((settle) => {
      if (this.closed) return settle({ kind: 'died', message: 'the decoder is closed', outOfMemory: false });
      this.queue.push({ task, milliseconds, extended, settle });
      this.dispatch();
    });
  }

  /** Ends all workers; tasks not done are told so. Safe to call twice. */
  async close(): Promise<void> {
    this.closed = true;
    for (const job of this.queue.splice(0))
      job.settle({ kind: 'died', message: 'the decoder was closed', outOfMemory: false });
    await Promise.all(
      this.slots
        .splice(0)
        .map((slot) => this.end(slot, { kind: 'died', message: 'the decoder was closed', outOfMemory: false })),
    );
  }

  private dispatch(): void {
    while (this.queue.length > 0) {
      const free = this.slots.find((slot) => slot.ready && slot.job === null);
      if (free === undefined) break;
      this.start(free, this.queue.shift()!, true);
    }
    const starting = this.slots.filter((slot) => !slot.ready).length;
    for (let more = this.queue.length - starting; more > 0 && this.slots.length < this.size; more--) this.spawn();
    // A job is not bound to a busy worker while another one is about to be free.
    if (this.slots.length < this.size || this.slots.some((slot) => !slot.ready)) return;
    for (const slot of this.slots) {
      if (slot.job === null || slot.following !== null || this.queue.length === 0) continue;
      slot.following = this.queue.shift()!;
      slot.worker.postMessage(slot.following.task);
    }
  }

  private start(slot: Slot<T, R>, job: Job<T, R>, send: boolean): void {
    slot.job = job;
    slot.worker.ref();
    slot.startedAt = performance.now();
    slot.timer = setTimeout(() => void this.checkTime(slot, job), job.milliseconds);
    if (send) slot.worker.postMessage(job.task);
  }

  private async checkTime(slot: Slot<T, R>, job: Job<T, R>): Promise<void> {
    if (job.extended !== null) {
      job.milliseconds = Math.max(job.milliseconds, await job.extended());
      job.extended = null;
    }
    const after = await processorTime(slot.worker);
    if (slot.job !== job) return;
    const left = job.milliseconds - (after - slot.usageBefore) / 1000;
    const clock = performance.now() - slot.startedAt;
    if (left <= 0 || clock >= clockFactor * job.milliseconds) await this.replace(slot, { kind: 'overran' });
    else slot.timer = setTimeout(() => void this.checkTime(slot, job), Math.max(left, 50));
  }

  private spawn(): void {
    const worker = new Worker(this.entry, {
      resourceLimits: { maxOldGenerationSizeMb: limits.workerHeapMegabytes, maxYoungGenerationSizeMb: 32 },
    });
    const slot: Slot<T, R> = {
      worker,
      ready: false,
      job: null,
      following: null,
      timer: null,
      startedAt: 0,
      usageBefore: 0,
    };
    this.slots.push(slot);
    worker.on('message', (answer: WorkerAnswer<R>) => this.receive(slot, answer));
    worker.on('error', (error: Error & { code?: string }) => {
      const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      void this.replace(slot, { kind: 'died', message: error.message, outOfMemory });
    });
    worker.on('exit', () => void this.replace(slot, { kind: 'died', message: 'the worker ended', outOfMemory: false }));
  }

  private receive(slot: Slot<T, R>, answer: WorkerAnswer<R>): void {
    // A worker that is being ended may still say that it is ready: then it must stay awaited, or the program ends before it.
    if (!this.slots.includes(slot)) return;
    slot.usageBefore = answer.processorTime;
    if (answer.kind === 'ready') {
      slot.ready = true;
      this.failedStarts = 0;
      // An idle worker does not keep the program alive.
      slot.worker.unref();
    } else {
      const settled: Settled<R> =
        answer.kind === 'done'
          ? { kind: 'result', result: answer.result }
          : { kind: 'died', message: answer.message, outOfMemory: false };
      this.settle(slot, settled);
      const following = slot.following;
      slot.following = null;
      if (following === null) slot.worker.unref();
      else this.start(slot, following, false);
    }
    this.dispatch();
  }

  private settle(slot: Slot<T, R>, settled: Settled<R>): void {
    if (slot.timer !== null) clearTimeout(slot.timer);
    const job = slot.job;
    slot.timer = null;
    slot.job = null;
    job?.settle(settled);
  }

  private async replace(slot: Slot<T, R>, settled: Settled<R>): Promise<void> {
    const index = this.slots.indexOf(slot);
    if (index < 0) return;
    this.slots.splice(index, 1);
    if (!slot.ready && ++this.failedStarts >= startAttempts) {
      for (const job of this.queue.splice(0)) job.settle(settled);
      this.failedStarts = 0;
    }
    // What the worker had not begun is another one's.
    if (slot.following !== null && !this.closed) this.queue.unshift(slot.following);
    await this.end(slot, settled);
    if (!this.closed) this.dispatch();
  }

  private async end(slot: Slot<T, R>, settled: Settled<R>): Promise<void> {
    this.settle(slot, settled);
    if (this.closed) slot.following?.settle(settled);
    slot.following = null;
    await slot.worker.terminate();
  }
}

/** User and system time of the worker's thread, microseconds. A runtime that cannot tell counts the clock instead. */
async function processorTime(worker: Worker): Promise<number> {
  try {
    const { user, system } = await worker.cpuUsage();
    return user + system;
  } catch {
    return performance.now() * 1000;
  }
}
