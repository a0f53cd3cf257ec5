import { architectureName } from '../../src-shared/domain/architectures.ts';
import { methodWords, parameterWords, spaceWords, valueWords } from '../../src-shared/domain/searchWords.ts';
import type { SearchParameter } from '../../src-shared/contract/search.ts';
import type { ReportRun, ReportStudy } from '../report/index.ts';
import type { ProjectStore } from '../store/index.ts';
import { describeStudy } from './comparisonStudyView.ts';

/** The search that a run's configuration came from, as reports say it. */
export function searchOfRun(store: ProjectStore, run: string): ReportRun['search'] {
  const arms = store.comparisonStudies.ofRun(run)?.record.arms ?? [];
  const id = store.searches.ofRun(run)?.search ?? arms.find((arm) => arm.runs.some((one) => one.run === run))?.search;
  const search = id === undefined ? null : store.searches.search(id);
  if (search === null) return null;
  const { method, space } = search.request;
  return { method: methodWords[method], trials: search.trials, ranges: spaceWords(space) };
}

/** The study that selected exactly these runs; null where none did. */
export function studyOfRuns(store: ProjectStore, runs: readonly string[]): ReportStudy | null {
  const [first] = runs;
  const study = first === undefined ? null : store.comparisonStudies.ofRun(first);
  if (study === null) return null;
  const { request, arms, number, openedAt } = describeStudy(store, study);
  if (arms.map(({ selected }) => selected).join() !== runs.join()) return null;
  return {
    number,
    method: methodWords[request.method],
    trials: request.trials,
    epochs: request.base.epochs,
    seeds: request.seeds,
    searchSeed: request.seed,
    ranges: spaceWords(request.space),
    openedAt,
    arms: arms.map(({ architecture, search, trial, trials, runs: trained, accuracy, auc, selected }) => {
      const choice = store.searches.trials(search).find((one) => one.number === trial)?.choice ?? {};
      return {
        architecture: architectureName(architecture),
        trial,
        trials,
        choice: (Object.entries(choice) as [SearchParameter, string | number][]).map(([name, value]) => ({
          parameter: parameterWords[name],
          value: valueWords(value),
        })),
        runs: trained.map(({ seed, run, validation }) => ({
          run: run.replace(/^run-/, 'Run '),
          seed,
          accuracy: validation?.accuracy ?? null,
          auc: validation?.auc ?? null,
          selected: run === selected,
        })),
        accuracy,
        auc,
      };
    }),
  };
}
