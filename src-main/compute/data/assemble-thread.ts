/** A thread that makes batches; transport only, the work is in assemble.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AssemblerData, FromAssembler, ToAssembler } from './assembler.ts';
import { assembleBatch } from './assemble.ts';
import { openInputs } from './inputs.ts';

const port = parentPort;
if (port === null) throw new Error('assemble-thread.ts runs in a worker thread only.');
const { file, normalisation }: AssemblerData = workerData;
const inputs = openInputs(file);

port.on('message', ({ number, request }: ToAssembler) => {
  try {
    const values = assembleBatch(inputs, normalisation, request);
    port.postMessage({ number, values } satisfies FromAssembler, [values.buffer]);
  } catch (error) {
    port.postMessage({
      number,
      problem: error instanceof Error ? error.message : String(error),
    } satisfies FromAssembler);
  }
});
