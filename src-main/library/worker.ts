/** Entry of a decode worker: transport only. One task at a time; the answer's pixel buffers are moved, not copied. */
import { parentPort } from 'node:worker_threads';
import {
  decodeFrame,
  inspectFile,
  measure,
  networkInput,
  patientFacts,
  pixelHash,
  readDirectory,
  thumbnail,
} from './decodeFile.ts';
import type { BytesOutcome, DecodeResult, DecodeTask } from './decodeProtocol.ts';
import { readFiles } from './readFiles.ts';
import { rejecting } from './refusal.ts';
import { threadTime, type WorkerAnswer } from './workerPool.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs in a worker thread only');

/** The pool sends a task ahead; it waits for the one before, because tasks share the file buffer and the codecs. */
let last: Promise<void> = Promise.resolve();
port.on('message', (task: DecodeTask) => {
  last = last.then(() => answer(task));
});
send({ kind: 'ready', processorTime: threadTime() });

async function answer(task: DecodeTask): Promise<void> {
  try {
    const result = await perform(task);
    send({ kind: 'done', result, processorTime: threadTime() });
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    send({ kind: 'failed', message, processorTime: threadTime() });
  }
}

function perform(task: DecodeTask): Promise<DecodeResult> {
  switch (task.kind) {
    case 'inspect':
      return rejecting(() => inspectFile(task.path));
    case 'read':
      return readFiles(task.files, task.reached);
    case 'directory':
      return rejecting(async () => ({ kind: 'directory', files: await readDirectory(task.path) }));
    case 'frame':
      return rejecting(() => decodeFrame(task.path, task.frame));
    case 'input':
      return rejecting(() => bytes(networkInput(task.path, task.frame, task.preprocessing, task.fileSha256)));
    case 'patient':
      return rejecting(async () => ({ kind: 'patient' as const, facts: await patientFacts(task.path) }));
    case 'pixelHash':
      return rejecting(async () => ({
        kind: 'pixelHash' as const,
        sha256: await pixelHash(task.path, task.frame, task.fileSha256),
      }));
    case 'thumbnail':
      return rejecting(() => bytes(thumbnail(task.path, task.frame, task.edge)));
    case 'measure':
      return rejecting(async () => ({
        kind: 'measures' as const,
        ...(await measure(task.path, task.frame, task.fileSha256)),
      }));
  }
}

async function bytes(work: Promise<Uint8Array>): Promise<BytesOutcome> {
  return { kind: 'bytes', bytes: await work };
}

function send(message: WorkerAnswer<DecodeResult>): void {
  port!.postMessage(message, message.kind === 'done' ? buffersOf(message.result) : []);
}

/** Buffers that belong to the result alone; a view into a larger buffer (a whole file) is copied instead. */
function buffersOf(result: DecodeResult): ArrayBuffer[] {
  const views = result.kind === 'frame' ? [result.pixels, result.rgb] : result.kind === 'bytes' ? [result.bytes] : [];
  return views.flatMap((view) =>
    view !== null && view.buffer instanceof ArrayBuffer && view.byteLength === view.buffer.byteLength
      ? [view.buffer]
      : [],
  );
}
