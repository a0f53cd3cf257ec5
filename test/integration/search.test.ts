/** Searches over real databases and real worker processes; the trainings themselves are stand-ins (helpers/standInTrial.ts). */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Trial } from '../../src-shared/contract/search.ts';
import { bestTrial } from '../../src-main/training/search/index.ts';
import { jsonLines, temporaryFolder } from '../helpers/commandLine.ts';
import { standInRequest, standInSearch, type StandInSearch } from '../helpers/standInSearch.ts';
import { accuracyAfter } from '../helpers/standInTrial.ts';

const folder = temporaryFolder('search');
afterAll(() => folder.remove());

const eventsOf = (search: StandInSearch, trial: number) =>
  jsonLines(readFileSync(join(search.directory, 'trials', String(trial), 'events.jsonl'), 'utf8'));

/** False where it is gone already. */
function killProcess(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** Every trial has exactly the epochs that it was let to, each with the figures of its configuration. */
function expectNothingLost(search: StandInSearch, trials: Trial[], many: number): void {
  expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: many }, (_unused, place) => place + 1));
  for (const trial of trials) {
    expect(['paused', 'finished'], `trial ${trial.number}`).toContain(trial.state);
    const records = search.records(trial.number);
    expect(records.map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: trial.targetEpoch }, (_unused, place) => place + 1),
    );
    for (const { epoch, validation } of records) {
      expect(validation.accuracy).toBe(accuracyAfter(epoch, trial.configuration));
    }
  }
}

describe('a search of 24 trials over two workers', () => {
  it('loses no trial when one worker is killed', async () => {
    const search = standInSearch(join(folder.path, 'killed'), standInRequest());
    const killed: number[] = [];
    let mostAtOnce = 0;
    const outcome = await search.conduct({
      onTrial: (trial) => {
        const running = search.trials().filter(({ state }) => state === 'running');
        mostAtOnce = Math.max(mostAtOnce, running.length);
        // In the middle of the search, in the middle of a trial.
        const long = trial.targetEpoch > trial.epochsDone + 1;
        if (killed.length > 0 || trial.state !== 'running' || trial.epochsDone < 2 || !long) return;
        const started = eventsOf(search, trial.number).findLast(({ event }) => event === 'started');
        if (killProcess(Number(started!.process))) killed.push(trial.number);
      },
    });
    expect(outcome).toEqual({ kind: 'finished' });
    expect(mostAtOnce).toBe(2);
    expect(killed).toHaveLength(1);
    const trials = search.trials();
    expectNothingLost(search, trials, 24);
    const events = eventsOf(search, killed[0]!);
    const attempts = events.filter(({ event }) => event === 'started');
    expect(attempts.length).toBeGreaterThan(1);
    // It went on from its checkpoint: no epoch was trained twice, but for one whose checkpoint was being written.
    const trained = events.filter(({ event }) => event === 'epoch').length;
    expect(trained).toBeLessThanOrEqual(search.records(killed[0]!).length + 1);
    expect(trials.filter(({ state }) => state === 'finished').length).toBeGreaterThan(0);
    search.close();
  });

  it('goes on after the program itself was killed, with the results of an undisturbed search', async () => {
    const request = standInRequest({ method: 'random', budget: { trials: 8, hours: null } });
    const path = join(folder.path, 'crashed');
    const script = join(import.meta.dirname, '../helpers/standInSearch.ts');
    const first = spawn(process.execPath, [script, path, JSON.stringify(request)], { stdio: 'ignore' });
    // In the middle of the search: when its third trial is under way.
    while (!existsSync(join(path, 'trials', '3', 'events.jsonl'))) await after(20);
    first.kill('SIGKILL');
    await new Promise((resolve) => first.once('close', resolve));
    const search = standInSearch(path, request);
    const before = search.trials();
    expect(before.length).toBeGreaterThan(0);
    expect(before.filter(({ state }) => state === 'finished').length).toBeLessThan(8);
    // The killed program's workers see the end of their channel and stop.
    await after(500);
    expect(await search.conduct()).toEqual({ kind: 'finished' });
    expectNothingLost(search, search.trials(), 8);

    const undisturbed = standInSearch(join(folder.path, 'undisturbed'), request);
    await undisturbed.conduct();
    const whole = (one: StandInSearch) =>
      one
        .trials()
        .map(({ number, choice, configuration }) => ({ choice, configuration, records: one.records(number) }));
    expect(whole(search)).toEqual(whole(undisturbed));
    expect(bestTrial(search.trials())?.number).toBe(bestTrial(undisturbed.trials())?.number);
    search.close();
    undisturbed.close();
  });
});

describe('a search', () => {
  it('that is paused goes on where it was', async () => {
    const search = standInSearch(join(folder.path, 'paused'), standInRequest({ budget: { trials: 6, hours: null } }));
    const pause = new AbortController();
    const outcome = await search.conduct({
      signal: pause.signal,
      onTrial: (trial) => trial.number === 3 && pause.abort(),
    });
    expect(outcome).toEqual({ kind: 'stopped' });
    expect(search.trials().map(({ state }) => state)).not.toContain('running');
    expect(await search.conduct()).toEqual({ kind: 'finished' });
    expectNothingLost(search, search.trials(), 6);
    search.close();
  });

  it('goes on without a trial that diverges', async () => {
    const values = [0.1, 1e-3, 1e-4];
    const request = standInRequest({
      method: 'grid',
      space: {
        format: 'parenchyma-search-space',
        version: 1,
        parameters: { learningRate: { kind: 'choice', values } },
      },
      budget: { trials: null, hours: null },
    });
    const search = standInSearch(join(folder.path, 'diverging'), request);
    expect(await search.conduct()).toEqual({ kind: 'finished' });
    const byRate = new Map(search.trials().map((trial) => [trial.configuration.learningRate, trial]));
    expect(byRate.get(0.1)).toMatchObject({ state: 'failed', failure: { code: 'COMPUTE_FAILED' } });
    expect(bestTrial(search.trials())?.number).toBe(byRate.get(1e-3)!.number);
    search.close();
  });

  it('stops as a whole where no trial can work, and keeps the trials in the line', async () => {
    const request = standInRequest();
    const base = { ...request.base, weights: '/nowhere.pth' };
    const search = standInSearch(join(folder.path, 'weightless'), { ...request, base });
    const outcome = await search.conduct();
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'WEIGHTS_REFUSED' } });
    for (const { state } of search.trials()) expect(state).toBe('waiting');
    search.close();
  });

  it('ends when its hours are spent', async () => {
    const hours = 1.5 / 3600;
    const search = standInSearch(join(folder.path, 'hours'), standInRequest({ budget: { trials: null, hours } }));
    const startedAt = performance.now();
    expect(await search.conduct()).toEqual({ kind: 'finished' });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1500);
    expect(search.trials().length).toBeGreaterThan(0);
    search.close();
  });
});
