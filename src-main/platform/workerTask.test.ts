import { expect, it } from 'vitest';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { runInWorker } from './workerTask.ts';

const moduleUrl = new URL('./workerTask.ts', import.meta.url).href;
const errorsUrl = new URL('../../src-shared/contract/errors.ts', import.meta.url).href;
const script = (body: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(
      `import { serveTask } from '${moduleUrl}'; import { ExpectedError } from '${errorsUrl}'; serveTask(${body})`,
    )}`,
  );
const report = () => undefined;

it('computes elsewhere while this event loop goes on', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  const busy = '(milliseconds) => { const end = Date.now() + milliseconds; while (Date.now() < end); return 42; }';
  expect(await runInWorker(script(busy), 200)).toBe(42);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(10);
});

it('passes progress on, and expected failures as they are', async () => {
  const seen: number[] = [];
  const context = {
    signal: new AbortController().signal,
    report: (progress: { done: number }) => void seen.push(progress.done),
  };
  const failing = `(_task, context) => {
    for (const done of [1, 2]) context.report({ phase: 'x', done, total: 2, rate: null, etaSeconds: null, message: '' });
    throw new ExpectedError({ code: 'INVALID_INPUT', message: 'no', kept: 'all', remedy: 'yes' });
  }`;
  const failure = await runInWorker(script(failing), null, { context }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ExpectedError);
  expect(failure).toMatchObject({ code: 'INVALID_INPUT', message: 'no', kept: 'all', remedy: 'yes' });
  expect(seen).toEqual([1, 2]);
});

it('ends a computation that does not listen, soon after the abort', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  const started = Date.now();
  const forever = '() => { for (;;); }';
  const context = { signal: controller.signal, report };
  await expect(runInWorker(script(forever), null, { context })).rejects.toMatchObject({ name: 'AbortError' });
  expect(Date.now() - started).toBeLessThan(5000);
});

it('lets a computation that listens put its things in order', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  const orderly = `(_task, context) => new Promise((_resolve, reject) => context.signal.addEventListener('abort', () =>
    reject(new ExpectedError({ code: 'CANCELLED', message: 'stopped', kept: 'one file', remedy: '' }))))`;
  const context = { signal: controller.signal, report };
  await expect(runInWorker(script(orderly), null, { context, grace: 5000 })).rejects.toMatchObject({
    kept: 'one file',
  });
});

it('tells of a worker that breaks', async () => {
  await expect(runInWorker(script('() => process.exit(3)'), null)).rejects.toThrow(/ended early|\(3\)/);
  await expect(runInWorker(script("() => { throw new Error('odd'); }"), null)).rejects.toThrow(/odd/);
});
