import { afterEach, expect, it } from 'vitest';
import type { DecodeResult, DecodeTask } from './decodeProtocol.ts';
import { readInWorkers } from './readInWorkers.ts';
import { WorkerPool } from './workerPool.ts';

/** A worker that knows nothing but names: it reads, hangs, or dies. It answers with at most two files at a time. */
const script = `
import { parentPort } from 'node:worker_threads';
const time = () => { const { user, system } = process.threadCpuUsage(); return user + system; };
parentPort.on('message', ({ files, reached }) => {
  const place = new Int32Array(reached);
  const outcomes = [];
  for (const [index, { path }] of files.slice(0, 2).entries()) {
    Atomics.store(place, 0, index);
    if (path === 'hangs') for (;;);
    if (path === 'dies') process.exit(7);
    outcomes.push({ kind: 'rejected', code: 'NOT_AN_IMAGE', reason: path });
  }
  parentPort.postMessage({ kind: 'done', result: { kind: 'outcomes', outcomes }, processorTime: time() });
});
parentPort.postMessage({ kind: 'ready', processorTime: time() });`;

const pool = new WorkerPool<DecodeTask, DecodeResult>(new URL(`data:text/javascript,${encodeURIComponent(script)}`), 2);
afterEach(() => pool.close());

it('reads a group of files in their order, and refuses only the one that hangs and the one that kills the worker', async () => {
  const names = ['a', 'b', 'c', 'hangs', 'd', 'dies', 'e'];
  const files = names.map((path) => ({ path, known: null }));
  const outcomes = await readInWorkers(pool, files, new AbortController().signal, (failed) => ({
    kind: 'rejected',
    code: failed.kind === 'overran' ? 'TIME_LIMIT' : 'DECODER_FAILED',
    reason: failed.kind,
  }));
  const said = outcomes.map((one) => (one.kind === 'rejected' ? `${one.code} ${one.reason}` : one.kind));
  const read = (name: string) => `NOT_AN_IMAGE ${name}`;
  expect(said).toEqual([
    ...['a', 'b', 'c'].map(read),
    'TIME_LIMIT overran',
    read('d'),
    'DECODER_FAILED died',
    read('e'),
  ]);

  const aborted = AbortSignal.abort();
  expect(await readInWorkers(pool, files, aborted, () => expect.fail('nothing is read'))).toEqual([]);
});
