/** Entry of a weights worker: transport only. It holds one file open; values are moved to the caller, not copied. */
import { parentPort } from 'node:worker_threads';
import { openWeightsFile, type WeightsFile } from './open.ts';
import { asRefusal } from './refusal.ts';
import type { WeightsAnswer, WeightsTask } from './workerProtocol.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs in a worker thread only');

let file: WeightsFile | null = null;
port.on('message', (task: WeightsTask) => void answer(task));

async function answer(task: WeightsTask): Promise<void> {
  try {
    send(await perform(task));
  } catch (error) {
    const { code, message } = asRefusal(error);
    send({ kind: 'refused', code, reason: message });
  }
}

async function perform(task: WeightsTask): Promise<WeightsAnswer> {
  if (task.kind === 'open') {
    file = await openWeightsFile(task.path);
    const { format, tensors, normalisation, notes } = file;
    return { kind: 'opened', facts: { format, tensors: [...tensors], normalisation, notes: [...notes] } };
  }
  if (file === null) throw new Error('No file is open.');
  if (task.kind === 'sha256') return { kind: 'sha256', sha256: await file.sha256() };
  return { kind: 'values', values: await file.read(task.name) };
}

function send(message: WeightsAnswer): void {
  port!.postMessage(message, message.kind === 'values' ? [message.values.buffer] : []);
}
