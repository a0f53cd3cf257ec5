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
  settle: (settled: Settled<R>) => void;
}

interface Slot<T, R> {
  worker: Worker;
  ready: boolean;
  job: Job<T, R> | null;
  timer: NodeJS.Timeout | null;
  startedAt: number;
  /** Processor time of the worker when its task began, microseconds. */
  usageBefore: Promise<number>;
}

const clockFactor = 5;

/** What workers send: `ready` once, then `done` or `failed` for each task. */
type Answer<R> = { kind: 'ready' } | { kind: 'done'; result: R } | { kind: 'failed'; message: string };

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

  /** The time counts from when a worker takes the task. */
  run(task: T, milliseconds: number): Promise<Settled<R>> {
    return new Promise((settle) => {
      if (this.closed) return settle({ kind: 'died', message: 'the decoder is closed', outOfMemory: false });
      this.queue.push({ task, milliseconds, settle });
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
      this.start(free, this.queue.shift()!);
    }
    const starting = this.slots.filter((slot) => !slot.ready).length;
    for (let more = this.queue.length - starting; more > 0 && this.slots.length < this.size; more--) this.spawn();
  }

  private start(slot: Slot<T, R>, job: Job<T, R>): void {
    slot.job = job;
    slot.worker.ref();
    slot.startedAt = performance.now();
    slot.usageBefore = processorTime(slot.worker);
    slot.timer = setTimeout(() => void this.checkTime(slot, job), job.milliseconds);
    slot.worker.postMessage(job.task);
  }

  private async checkTime(slot: Slot<T, R>, job: Job<T, R>): Promise<void> {
    const [before, after] = await Promise.all([slot.usageBefore, processorTime(slot.worker)]);
    if (slot.job !== job) return;
    const left = job.milliseconds - (after - before) / 1000;
    const clock = performance.now() - slot.startedAt;
    if (left <= 0 || clock >= clockFactor * job.milliseconds) await this.replace(slot, { kind: 'overran' });
    else slot.timer = setTimeout(() => void this.checkTime(slot, job), Math.max(left, 50));
  }

  private spawn(): void {
    const worker = new Worker(this.entry, { resourceLimits: { maxOldGenerationSizeMb: limits.workerHeapMegabytes } });
    const slot: Slot<T, R> = {
      worker,
      ready: false,
      job: null,
      timer: null,
      startedAt: 0,
      usageBefore: Promise.resolve(0),
    };
    this.slots.push(slot);
    worker.on('message', (answer: Answer<R>) => this.receive(slot, answer));
    worker.on('error', (error: Error & { code?: string }) => {
      const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      void this.replace(slot, { kind: 'died', message: error.message, outOfMemory });
    });
    worker.on('exit', () => void this.replace(slot, { kind: 'died', message: 'the worker ended', outOfMemory: false }));
  }

  private receive(slot: Slot<T, R>, answer: Answer<R>): void {
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
      slot.worker.unref();
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
    await this.end(slot, settled);
    if (!this.closed) this.dispatch();
  }

  private async end(slot: Slot<T, R>, settled: Settled<R>): Promise<void> {
    this.settle(slot, settled);
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
