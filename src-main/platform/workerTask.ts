/**
 * One long computation in a worker thread of its own, so that the caller's event loop stays free: progress comes back as messages, an
 * abort asks the worker to stop and ends it when it does not. A thread costs about 0.1 s to start, which such work hides.
 */
import { parentPort, Worker, type Transferable } from 'node:worker_threads';
import { ExpectedError, type Failure } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';

type Progress = Parameters<JobContext['report']>[0];

type FromWorker<Result> =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'done'; result: Result }
  | { kind: 'expected'; failure: Failure }
  | { kind: 'aborted' }
  | { kind: 'unexpected'; message: string };

type ToWorker<Task> = { kind: 'start'; task: Task } | { kind: 'cancel' };

export interface WorkerTaskOptions {
  context?: JobContext;
  /** Buffers that are moved instead of copied; the caller must not use them afterwards. */
  transfer?: readonly Transferable[];
  /** Milliseconds that the worker has after an abort to put its things in order; 0 ends it at once. */
  grace?: number;
}

/** Runs the task in the script `entry`, which calls `serveTask`. Rejects with the worker's ExpectedError, an AbortError, or an Error. */
export function runInWorker<Task, Result>(entry: URL, task: Task, options: WorkerTaskOptions = {}): Promise<Result> {
  const { context, transfer = [], grace = 0 } = options;
  return new Promise((resolve, reject) => {
    if (context?.signal.aborted) return reject(aborted());
    const worker = new Worker(entry);
    let ending: NodeJS.Timeout | undefined;
    const finish = (settle: () => void) => {
      clearTimeout(ending);
      context?.signal.removeEventListener('abort', cancel);
      void worker.terminate();
      settle();
    };
    const cancel = () => {
      worker.postMessage({ kind: 'cancel' } satisfies ToWorker<Task>);
      ending = setTimeout(() => finish(() => reject(aborted())), grace);
    };
    context?.signal.addEventListener('abort', cancel, { once: true });
    worker.on('message', (message: FromWorker<Result>) => {
      if (message.kind === 'progress') context?.report(message.progress);
      else if (message.kind === 'done') finish(() => resolve(message.result));
      else if (message.kind === 'expected') finish(() => reject(new ExpectedError(message.failure)));
      else if (message.kind === 'aborted') finish(() => reject(aborted()));
      else finish(() => reject(new Error(message.message)));
    });
    worker.on('error', (error) => finish(() => reject(error)));
    worker.on('exit', (code) => finish(() => reject(new Error(`The computing thread ended early (${code}).`))));
    worker.postMessage({ kind: 'start', task } satisfies ToWorker<Task>, transfer);
  });
}

/** Called once by the script of a worker: performs the one task it is sent and answers. */
export function serveTask<Task, Result>(perform: (task: Task, context: JobContext) => Result | Promise<Result>): void {
  const port = parentPort;
  if (port === null) throw new Error('This script runs in a worker thread only.');
  const controller = new AbortController();
  const send = (message: FromWorker<Result>) => port.postMessage(message);
  const context: JobContext = {
    signal: controller.signal,
    report: (progress) => send({ kind: 'progress', progress }),
  };
  port.on('message', (message: ToWorker<Task>) => {
    if (message.kind === 'cancel') return controller.abort();
    void answer(message.task);
  });

  async function answer(task: Task): Promise<void> {
    try {
      send({ kind: 'done', result: await perform(task, context) });
    } catch (error) {
      if (error instanceof ExpectedError) send({ kind: 'expected', failure: error.toFailure() });
      else if (error instanceof Error && error.name === 'AbortError') send({ kind: 'aborted' });
      else
        send({ kind: 'unexpected', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
}

function aborted(): Error {
  return new DOMException('Cancelled.', 'AbortError');
}
