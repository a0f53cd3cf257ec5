import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { SearchDetail, SearchRequest, SearchSummary, Trial, TrialFile } from '../../src-shared/contract/search.ts';
import { modelCardSchema } from '../../src-shared/contract/training.ts';
import { planOf } from '../../src-shared/domain/searchBudget.ts';
import { softwareVersion } from '../platform/version.ts';
import type { StoredSearch } from '../store/searches.ts';
import type { ProjectStore } from '../store/index.ts';
import { noBackend, preflight, prepareInputs } from '../training/index.ts';
import { bestTrial, conductSearch, problemOf, writeTrial, type SearchOutcome } from '../training/search/index.ts';
import type { ApplicationParts } from './parts.ts';
import { expectCompute } from './computeFailures.ts';
import { freezeForSearch, searchData, type SearchData } from './searchData.ts';
import { trainingDataset } from './trainingDataset.ts';

export interface SearchListener {
  onTrial(search: string, trial: Trial): void;
  onChange(): void;
}

const modelFiles = ['model.safetensors', 'model.json'];

/** Hyperparameter searches as the shells call them, on one open project. */
export function searchOperations(
  path: string,
  store: ProjectStore,
  parts: ApplicationParts,
  runDirectory: (run: string) => string,
) {
  const { searches } = store;
  const directoryOf = (search: string) => join(path, 'searches', search);
  const trialDirectory = (search: string, trial: number) => join(directoryOf(search), 'trials', String(trial));
  const cancelled = new Set<string>();

  const requireSearch = (id: string): StoredSearch => {
    const search = searches.search(id);
    if (search) return search;
    throw new ExpectedError({
      code: 'NOT_FOUND',
      message: `There is no search ${id} in this project.`,
      remedy: 'Choose one of those listed under Search.',
    });
  };

  const detail = (id: string): SearchDetail => {
    const list = searches.trials(id);
    return { ...summarise(requireSearch(id), list), list };
  };

  async function carryOn(id: string, listener: SearchListener, context: JobContext): Promise<SearchOutcome> {
    const search = requireSearch(id);
    const { chosen } = await expectCompute(parts.compute).status();
    if (!chosen) throw noBackend();
    const directory = directoryOf(id);
    await mkdir(directory, { recursive: true });
    const data = await searchData(directory, store, search, chosen.backend);
    const { preprocessing } = search.request.base;
    const inputs = await prepareInputs(
      parts.decoder,
      data.images,
      preprocessing,
      join(path, 'cache', 'inputs'),
      context,
    );
    const common = { inputs, snapshotSha256: search.snapshotSha256, cacheDirectory: join(path, 'cache', 'features') };
    return conductSearch(
      {
        request: search.request,
        plan: planOf(search.request),
        store: searches.trialStore(id),
        executor: parts.trials,
        directoryOf: (number) => trialDirectory(id, number),
        prepare: async (number, choice, configuration) => {
          const folder = trialDirectory(id, number);
          if (existsSync(join(folder, 'trial.json'))) return;
          await mkdir(folder, { recursive: true });
          const about = { search: id, number, searchSeed: search.request.seed, choice };
          await writeTrial(folder, trialFile(about, data, { ...common, configuration, softwareVersion }));
        },
        now: () => new Date().toISOString(),
        onTrial: (number) => {
          const trial = searches.trials(id).find((one) => one.number === number);
          if (trial) listener.onTrial(id, trial);
        },
      },
      context,
    );
  }

  /** What is left of a search that is over: its record, and the model of the best trial. */
  async function tidy(id: string): Promise<void> {
    const trials = searches.trials(id);
    const best = bestTrial(trials)?.number ?? null;
    for (const { number } of trials) {
      await rm(join(trialDirectory(id, number), 'checkpoints'), { recursive: true, force: true });
      if (number === best) continue;
      for (const name of modelFiles) await rm(join(trialDirectory(id, number), name), { force: true });
    }
  }

  async function record(id: string, outcome: SearchOutcome): Promise<void> {
    const at = new Date().toISOString();
    if (outcome.kind === 'failed') return searches.setState(id, 'failed', { failure: outcome.failure });
    if (outcome.kind === 'stopped' && !cancelled.has(id)) return searches.setState(id, 'paused');
    searches.stopUnfinished(id, at);
    searches.setState(id, outcome.kind === 'finished' ? 'finished' : 'cancelled', { endedAt: at });
    await tidy(id);
  }

  return {
    searches: (): SearchSummary[] => searches.list().map((search) => summarise(search, searches.trials(search.id))),
    search: detail,
    trialEpochs: (search: string, trial: number) => searches.records(search, trial),

    /** Checks the data, freezes them and records a search; nothing is computed yet. */
    createSearch(request: SearchRequest): string {
      refuseUnusable(request);
      const dataset = trainingDataset(store);
      const { problems } = preflight(request.base, store.classes.classes(), dataset, null);
      const blocking = problems.filter((problem) => problem.severity === 'blocks');
      if (blocking.length > 0) {
        throw new ExpectedError({
          code: dataset.length === 0 ? 'NO_SPLIT' : 'INVALID_INPUT',
          message: blocking.map((one) => one.message).join(' '),
          kept: 'No search was started.',
          remedy: blocking.map((one) => one.remedy).join(' '),
        });
      }
      return searches.create(request, freezeForSearch(store, request), new Date().toISOString());
    },

    /** Carries a search on until its budget is spent or it is stopped. A stop without `cancelSearch` before is a pause. */
    async conductSearch(id: string, listener: SearchListener, context: JobContext): Promise<SearchDetail> {
      const { state } = requireSearch(id);
      if (state === 'finished' || state === 'cancelled') throw over(id, state);
      cancelled.delete(id);
      searches.setState(id, 'running');
      listener.onChange();
      let outcome: SearchOutcome = { kind: 'stopped' };
      try {
        outcome = await carryOn(id, listener, context);
      } catch (error) {
        if (!context.signal.aborted) {
          const failure = error instanceof ExpectedError ? error.toFailure() : unexpected(error);
          outcome = { kind: 'failed', failure };
        }
      } finally {
        await record(id, outcome);
        listener.onChange();
      }
      if (outcome.kind === 'failed') throw new ExpectedError(outcome.failure);
      return detail(id);
    },

    /** The next stop of this search ends it for good; one that is not under way ends at once. */
    async cancelSearch(id: string): Promise<void> {
      const { state } = requireSearch(id);
      cancelled.add(id);
      if (state !== 'running' && state !== 'finished') await record(id, { kind: 'stopped' });
    },

    /** Makes a run of the best trial on validation: its model, its epochs, its configuration. Asked again, the same run. */
    async promoteBest(id: string): Promise<string> {
      requireSearch(id);
      const best = bestTrial(searches.trials(id));
      if (best === null || best.state === 'running') throw nothingToPromote(best?.number ?? null);
      if (best.run !== null && store.runs.run(best.run) !== null) return best.run;
      const folder = trialDirectory(id, best.number);
      const card = modelCardSchema.parse(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')));
      const at = new Date().toISOString();
      const { id: run } = store.runs.createRun(best.configuration, searches.snapshot(id)!, at);
      await mkdir(runDirectory(run), { recursive: true });
      for (const name of modelFiles) await cp(join(folder, name), join(runDirectory(run), name));
      for (const epoch of searches.records(id, best.number)) store.runs.addEpoch(run, epoch);
      store.runs.setRunState(run, 'finished', { endedAt: at, card, backend: card.backend });
      searches.setRun(id, best.number, run);
      return run;
    },

    /** Deletes a search with its trials; a run that was made of one stays. */
    async removeSearch(id: string): Promise<void> {
      if (requireSearch(id).state === 'running') {
        throw new ExpectedError({ code: 'BUSY', message: `${id} is under way.`, remedy: 'Pause or cancel it first.' });
      }
      searches.remove(id);
      await rm(directoryOf(id), { recursive: true, force: true });
    },
  };
}

function summarise(search: StoredSearch, trials: readonly Trial[]): SearchSummary {
  const plan = planOf(search.request);
  return {
    ...search,
    rungs: [...plan.rungs],
    trialsPlanned: plan.trials,
    best: bestTrial(trials)?.number ?? null,
  };
}

function trialFile(
  about: Pick<TrialFile, 'search' | 'number' | 'searchSeed' | 'choice'>,
  { items, classes, positive, backend, threads }: SearchData,
  job: Pick<TrialFile['job'], 'inputs' | 'cacheDirectory' | 'configuration' | 'snapshotSha256' | 'softwareVersion'>,
): TrialFile {
  const whole = { ...job, items, classes, positive };
  return { format: 'parenchyma-trial', version: 1, ...about, backend, threads, job: whole };
}

function refuseUnusable(request: SearchRequest): void {
  const problem = problemOf(request);
  if (problem !== null) {
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: `${problem}.`,
      kept: 'No search was started.',
      remedy: 'Change the search space, or what is the same for all trials.',
    });
  }
  const { method, budget } = request;
  if (method === 'grid' || budget.trials !== null || budget.hours !== null) return;
  throw new ExpectedError({
    code: 'INVALID_INPUT',
    message: 'The search has no budget: it would never end.',
    kept: 'No search was started.',
    remedy: 'Give a number of trials or of hours.',
  });
}

function over(id: string, state: string): ExpectedError {
  return new ExpectedError({
    code: 'INVALID_INPUT',
    message: `${id} is ${state}: nothing of it is left to do.`,
    remedy: 'Start a new search.',
  });
}

function nothingToPromote(number: number | null): ExpectedError {
  return new ExpectedError({
    code: number === null ? 'NOT_FOUND' : 'BUSY',
    message: number === null ? 'No trial has finished an epoch.' : `Trial ${number}, the best so far, is under way.`,
    remedy: number === null ? 'Let the search go on.' : 'Wait until it ends, or pause the search.',
  });
}

function unexpected(error: unknown) {
  return {
    code: 'COMPUTE_FAILED' as const,
    message: error instanceof Error ? error.message : 'The search failed.',
    kept: 'Trials that are complete are kept.',
    remedy: 'Let the search go on.',
  };
}
