/**
 * The caller's side of a weights worker. Whatever a file does, it does there: a worker that takes too long or too much memory
 * is ended, and the file is refused with that reason.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { WeightsFile } from './open.ts';
import { WeightsRefusal } from './refusal.ts';
import type { WeightsAnswer, WeightsTask } from './workerProtocol.ts';

export interface ReaderLimits {
  /** For understanding the file, and for each tensor. */
  milliseconds: number;
  /** For JavaScript's objects; the numbers of tensors lie outside. */
  heapMegabytes: number;
}

/** Generous: on a busy machine with a slow disk half a gigabyte takes a while. */
const usualLimits: ReaderLimits = { milliseconds: 120_000, heapMegabytes: 1024 };

/** Where the bundle has the worker beside the compute process's own file, else the source beside this one. */
function workerEntry(): URL {
  const bundled = new URL('./weightsWorker.js', import.meta.url);
  return existsSync(bundled) ? bundled : new URL('./worker.ts', import.meta.url);
}

/** @throws WeightsRefusal */
export async function openWeights(path: string, limits: ReaderLimits = usualLimits): Promise<WeightsFile> {
  const worker = new Worker(workerEntry(), {
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes, stackSizeMb: 4 },
    stdout: true,
    stderr: true,
  });
  worker.unref();
  // One question at a time: the worker has one file, and answers carry no number.
  let last: Promise<unknown> = Promise.resolve();
  const ask = (task: WeightsTask): Promise<WeightsAnswer> => {
    const mine = last.then(() => askWorker(worker, task, limits));
    last = mine.catch(() => undefined);
    return mine;
  };
  const close = async () => void (await worker.terminate());
  try {
    const opened = await ask({ kind: 'open', path });
    if (opened.kind !== 'opened') throw new Error(`The weights worker answered ${opened.kind}.`);
    const { tensors, ...facts } = opened.facts;
    return {
      ...facts,
      tensors: new Map(tensors),
      close,
      async read(name) {
        const answer = await ask({ kind: 'read', name });
        if (answer.kind !== 'values') throw new Error(`The weights worker answered ${answer.kind}.`);
        return answer.values;
      },
      async sha256() {
        const answer = await ask({ kind: 'sha256' });
        if (answer.kind !== 'sha256') throw new Error(`The weights worker answered ${answer.kind}.`);
        return answer.sha256;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function askWorker(worker: Worker, task: WeightsTask, { milliseconds }: ReaderLimits): Promise<WeightsAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      action();
    };
    const refuse = (code: 'TOO_LARGE' | 'DAMAGED', reason: string) =>
      settle(() => {
        void worker.terminate();
        reject(new WeightsRefusal(code, reason));
      });
    const onMessage = (answer: WeightsAnswer) =>
      settle(() =>
        answer.kind === 'refused' ? reject(new WeightsRefusal(answer.code, answer.reason)) : resolve(answer),
      );
    const onError = (error: Error) =>
      'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? refuse('TOO_LARGE', 'Reading it takes more memory than is allowed.')
        : refuse('DAMAGED', `Reading it ended the reader: ${error.message}.`);
    const onExit = () => refuse('DAMAGED', 'Reading it ended the reader.');
    const timer = setTimeout(
      () => refuse('TOO_LARGE', `Reading it takes longer than ${Math.round(milliseconds / 1000)} seconds.`),
      milliseconds,
    );
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(task);
  });
}
