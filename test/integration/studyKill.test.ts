/** A comparison of two architectures whose program is killed (`kill -9`) in its first search and again in its seeds goes on from there. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openProjectStore } from '../../src-main/store/index.ts';
import { jsonLines, parenchyma, startParenchyma, temporaryFolder } from '../helpers/commandLine.ts';
import { importedProject } from '../helpers/evaluatedProject.ts';

const folder = temporaryFolder('study-kill');
afterAll(() => folder.remove());

/** Runs the command until a line of its output is as asked, then kills it without warning; gives all lines until then. */
async function killedAt(args: string[], wanted: (line: Record<string, unknown>) => boolean) {
  const child = startParenchyma(folder.path, ...args);
  let output = '';
  child.stdout!.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (jsonLines(output).some(wanted)) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.on('exit', (_code, name) => resolve(name)));
  expect(signal, output).toBe('SIGKILL');
  return jsonLines(output);
}

it('keeps every finished trial and run, opens the test set once and ends with its report', async () => {
  const { path } = await importedProject(folder.path, 'studied', { patients: 8, slices: 2 });
  const out = join(folder.path, 'report');
  const common = ['--head', 'compact', '--image-size', '32', '--epochs', '3', '--batch', '4', '--method', 'random'];
  const wish = [...common, '--trials', '2', '--seeds', '1', '--opened-by', 'Dr. Kill', '--out', out];

  await killedAt(['study', path, ...wish], ({ event, state }) => event === 'trial' && state === 'finished');
  const inSearch = inspected(path);
  expect(inSearch.study).toMatchObject({ state: 'running', record: { openedAt: null } });
  expect(inSearch.trials.length).toBeGreaterThan(0);

  // In its second epoch there is a checkpoint of the first.
  await killedAt(['study', path, '--resume', 'study-1'], ({ event, epoch }) => event === 'epoch' && epoch === 2);
  const inSeeds = inspected(path);
  for (const trial of inSearch.trials) expect(inSeeds.trials).toContainEqual(trial);
  expect(inSeeds.runs).toHaveLength(1);
  expect(inSeeds.runs[0]!.state).toBe('training');

  const result = await parenchyma(folder.path, 'study', path, '--resume', 'study-1');
  expect(result.code, result.stderr).toBe(0);
  const ended = inspected(path);
  expect(ended.study).toMatchObject({ state: 'finished' });
  expect(ended.trials.map(({ state }) => state)).toEqual(['finished', 'finished', 'finished', 'finished']);
  for (const trial of inSeeds.trials) expect(ended.trials).toContainEqual(trial);
  expect(ended.runs.map(({ id, state, epochs }) => [id, state, epochs])).toEqual([
    ['run-1', 'finished', 3],
    ['run-2', 'finished', 3],
  ]);
  // The run of the killed seed went on; it was not trained anew, and both runs share the one opening.
  expect(ended.events.join()).toMatch(/The program ended while the run was under way.*Went on from checkpoint/);
  expect(new Set(ended.openings).size).toBe(1);
  expect(readdirSync(out).some((name) => name.endsWith('.pdf'))).toBe(true);
  // Nothing is left of the searches but their records and the model of each best trial.
  for (const search of ['search-1', 'search-2']) {
    const trials = join(path, 'searches', search, 'trials');
    const kept = readdirSync(trials).filter((trial) => existsSync(join(trials, trial, 'model.safetensors')));
    expect(kept, search).toHaveLength(1);
    expect(readdirSync(trials).filter((trial) => existsSync(join(trials, trial, 'checkpoints')))).toEqual([]);
  }
}, 240_000);

/** What the project's database says while no program has it open. */
function inspected(path: string) {
  const store = openProjectStore(path);
  try {
    const finished = (search: string) =>
      store.searches
        .trials(search)
        .filter(({ state }) => state === 'finished')
        .map(({ number, state, epochsDone, best, endedAt }) => ({ search, number, state, epochsDone, best, endedAt }));
    const runs = store.runs.runs().map(({ id, state, epochsDone: epochs }) => ({ id, state, epochs }));
    return {
      study: store.comparisonStudies.study('study-1'),
      trials: store.searches.list().flatMap(({ id }) => finished(id)),
      runs,
      events: runs.flatMap(({ id }) => store.runQueue.events(id).map(({ words }) => words)),
      openings: store.evaluations.openings().map(({ at }) => at),
    };
  } finally {
    store.close();
  }
}
