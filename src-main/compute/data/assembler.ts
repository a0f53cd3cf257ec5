import { Worker } from 'node:worker_threads';
import type { InputNormalisation } from '../../../models/vgg.ts';
import type { InputsFile } from '../../../src-shared/contract/compute.ts';
import { siblingScript } from '../backends/sibling.ts';
import { JobFailure } from '../failure.ts';
import type { BatchRequest } from './assemble.ts';

export interface AssemblerData {
  file: InputsFile;
  normalisation: InputNormalisation;
}
export type ToAssembler = { number: number; request: BatchRequest };
export type FromAssembler = { number: number; values: Float32Array<ArrayBuffer> } | { number: number; problem: string };

/** Makes batches in threads beside the engine's, a few ahead of the one that is being worked on. */
export interface Assembler {
  /** The requested batches in order. One series at a time. */
  batches(requests: readonly BatchRequest[]): AsyncGenerator<Float32Array>;
  close(): Promise<void>;
}

/** Batches that may be ready or under way beside the one in use; one of 8 at 224 pixels takes 5 MB. */
const batchesAhead = 3;

export function startAssembler(data: AssemblerData, threads = 1): Assembler {
  const script = siblingScript(import.meta.url, 'assemble-thread');
  const workers = Array.from({ length: threads }, () => new Worker(script, { workerData: data }));
  let next = 0;
  let broken: Error | null = null;
  const waiting = new Map<number, { resolve(values: Float32Array): void; reject(error: Error): void }>();
  const failAll = (error: Error) => {
    broken = error;
    waiting.forEach(({ reject }) => reject(error));
    waiting.clear();
  };
  for (const worker of workers) {
    worker.unref();
    worker.on('message', (answer: FromAssembler) => {
      const waiter = waiting.get(answer.number);
      waiting.delete(answer.number);
      if ('values' in answer) waiter?.resolve(answer.values);
      else waiter?.reject(new JobFailure('INPUTS_UNREADABLE', answer.problem));
    });
    worker.on('error', failAll);
  }

  function ask(request: BatchRequest): Promise<Float32Array> {
    if (broken !== null) return Promise.reject(broken);
    const number = next;
    next += 1;
    const answer = new Promise<Float32Array>((resolve, reject) => waiting.set(number, { resolve, reject }));
    // Whoever asked may have gone before the answer comes; nobody then misses it.
    answer.catch(() => undefined);
    workers[number % threads]!.postMessage({ number, request } satisfies ToAssembler);
    return answer;
  }

  return {
    async *batches(requests) {
      const ahead: Promise<Float32Array>[] = [];
      let asked = 0;
      for (let given = 0; given < requests.length; given += 1) {
        for (; asked < requests.length && asked <= given + batchesAhead; asked += 1) ahead.push(ask(requests[asked]!));
        yield await ahead.shift()!;
      }
    },
    async close() {
      failAll(new Error('The assembler was closed.'));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
