import { spawnSync } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { WorkerPool } from './workerPool.ts';

/** A worker that does what its task says: answer, spin, exit, or fill the heap. */
const script = `
import { parentPort } from 'node:worker_threads';
const send = (answer) => {
  const { user, system } = process.threadCpuUsage();
  parentPort.postMessage({ ...answer, processorTime: user + system });
};
parentPort.on('message', (task) => {
  if (task === 'spin') for (;;);
  if (task === 'exit') process.exit(1);
  if (task === 'fill') { const kept = []; for (;;) kept.push({ kept: [...kept.slice(-9)] }); }
  send(task === 'fail' ? { kind: 'failed', message: 'no' } : { kind: 'done', result: task });
});
send({ kind: 'ready' });
`;
const entry = new URL(`data:text/javascript,${encodeURIComponent(script)}`);

let pool: WorkerPool<string, string>;
afterEach(() => pool.close());

it('ends a worker that overruns, and goes on with the next task', async () => {
  pool = new WorkerPool(entry, 1);
  const [spun, answered] = await Promise.all([pool.run('spin', 200), pool.run('next', 5000)]);
  expect(spun).toEqual({ kind: 'overran' });
  expect(answered).toEqual({ kind: 'result', result: 'next' });
});

it('tells a task that its worker died, of its own or of memory, and replaces the worker', async () => {
  pool = new WorkerPool(entry, 1);
  expect(await pool.run('exit', 5000)).toMatchObject({ kind: 'died', outOfMemory: false });
  expect(await pool.run('fill', 30_000)).toMatchObject({ kind: 'died', outOfMemory: true });
  expect(await pool.run('fail', 5000)).toEqual({ kind: 'died', message: 'no', outOfMemory: false });
  expect(await pool.run('next', 5000)).toEqual({ kind: 'result', result: 'next' });
});

it('does several tasks at a time, each once', async () => {
  pool = new WorkerPool(entry, 2);
  const tasks = Array.from({ length: 50 }, (_, index) => `task ${index}`);
  const settled = await Promise.all(tasks.map((task) => pool.run(task, 5000)));
  expect(settled).toEqual(tasks.map((result) => ({ kind: 'result', result })));
});

it('does not wait for ever for a worker that cannot start', async () => {
  pool = new WorkerPool(new URL('data:text/javascript,throw new Error("broken")'), 1);
  expect(await pool.run('x', 5000)).toMatchObject({ kind: 'died', message: 'broken' });
});

it('settles what is open when it is closed, twice without harm', async () => {
  pool = new WorkerPool(entry, 1);
  const spinning = pool.run('spin', 60_000);
  await pool.close();
  await pool.close();
  expect(await spinning).toMatchObject({ kind: 'died' });
});

it('lets the program end in order when it is closed while workers are still starting', async () => {
  // The others say that they are ready while the pool is already being closed: their words lie waiting for a program that is busy.
  const slow = `import { threadId } from 'node:worker_threads'; const wait = (until) => { while (performance.now() < until); };
    wait(performance.now() + 60 * threadId);${script}`;
  const program = `
    import { WorkerPool } from ${JSON.stringify(new URL('./workerPool.ts', import.meta.url).href)};
    const pool = new WorkerPool(new URL(${JSON.stringify(`data:text/javascript,${encodeURIComponent(slow)}`)}), 4);
    await Promise.race(Array.from({ length: 4 }, (_, index) => pool.run(String(index), 5000)));
    for (const until = performance.now() + 1500; performance.now() < until;);
    await pool.close();`;
  // An event loop that runs empty before the last await ends with code 13.
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(ended.status, ended.stderr).toBe(0);
});
