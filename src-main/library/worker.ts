/** Entry of a decode worker: transport only. One task at a time; the answer's pixel buffers are moved, not copied. */
import { parentPort } from 'node:worker_threads';
import { decodeFrame, inspectFile, networkInput, thumbnail } from './decodeFile.ts';
import type { BytesOutcome, DecodeResult, DecodeTask, WorkerMessage } from './decodeProtocol.ts';
import { rejecting } from './refusal.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs in a worker thread only');

port.on('message', (task: DecodeTask) => void answer(task));
send({ kind: 'ready' });

async function answer(task: DecodeTask): Promise<void> {
  try {
    send({ kind: 'done', result: await perform(task) });
  } catch (error) {
    send({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function perform(task: DecodeTask): Promise<DecodeResult> {
  switch (task.kind) {
    case 'inspect':
      return rejecting(() => inspectFile(task.path));
    case 'frame':
      return rejecting(() => decodeFrame(task.path, task.frame));
    case 'input':
      return rejecting(() => bytes(networkInput(task.path, task.frame, task.preprocessing)));
    case 'thumbnail':
      return rejecting(() => bytes(thumbnail(task.path, task.frame, task.edge)));
  }
}

async function bytes(work: Promise<Uint8Array>): Promise<BytesOutcome> {
  return { kind: 'bytes', bytes: await work };
}

function send(message: WorkerMessage): void {
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
