/**
 * The same with real trainings: 24 trials over two workers, one of which is killed. It takes 70 seconds on two cores, so by
 * default three trials stand for them; PARENCHYMA_THOROUGH=1 runs all.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { jsonLines, startParenchyma, temporaryFolder } from '../helpers/commandLine.ts';
import { importedProject } from '../helpers/evaluatedProject.ts';

const folder = temporaryFolder('search-training');
afterAll(() => folder.remove());

const trials = process.env.PARENCHYMA_THOROUGH === '1' ? 24 : 3;

it(`a search of ${trials} real trials over two workers loses none when one worker is killed`, async () => {
  const { path } = await importedProject(folder.path, 'searched', { patients: 16, slices: 2 });
  const child = startParenchyma(
    folder.path,
    ...['search', path, '--arch', 'vgg16', '--head', 'compact', '--image-size', '32', '--epochs', '3'],
    ...['--trials', String(trials), '--workers', '2', '--seed', '5', '--promote'],
  );
  let output = '';
  let killed: number | null = null;
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const eventsOf = (trial: number) => {
    const file = join(path, 'searches', 'search-1', 'trials', String(trial), 'events.jsonl');
    return existsSync(file) ? jsonLines(readFileSync(file, 'utf8')) : [];
  };
  const watch = setInterval(() => {
    // The second trial, as soon as its training is under way.
    const started = eventsOf(2).find(({ event }) => event === 'started');
    if (killed !== null || started === undefined) return;
    killed = Number(started.process);
    process.kill(killed, 'SIGKILL');
  }, 50);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(watch);
  expect(code, output).toBe(0);
  expect(killed).not.toBeNull();

  const finished = jsonLines(output).at(-1) as {
    state: string;
    run: string | null;
    best: { trial: number };
    list: { trial: number; state: string; attempts: number; epochsDone: number }[];
  };
  expect(finished).toMatchObject({ event: 'finished', state: 'finished', run: 'run-1' });
  expect(finished.list.map(({ trial }) => trial)).toEqual(
    Array.from({ length: trials }, (_unused, place) => place + 1),
  );
  for (const { trial, state, epochsDone } of finished.list) {
    expect(['finished', 'stopped'], `trial ${trial}`).toContain(state);
    expect(epochsDone, `trial ${trial}`).toBeGreaterThanOrEqual(1);
  }
  expect(eventsOf(2).filter(({ event }) => event === 'started').length).toBeGreaterThan(1);
  // Of a search that is over only the best trial keeps its model, and no trial its checkpoints.
  const kept = finished.list.filter(({ trial }) =>
    existsSync(join(path, 'searches', 'search-1', 'trials', String(trial), 'model.safetensors')),
  );
  expect(kept.map(({ trial }) => trial)).toEqual([finished.best.trial]);
  expect(existsSync(join(path, 'searches', 'search-1', 'trials', '1', 'checkpoints'))).toBe(false);
});
