import type { ComparisonStudy, StudyStep } from '../../src-shared/contract/comparisonStudy.ts';
import { architectureName } from '../../src-shared/domain/architectures.ts';
import { formatNumber } from '../../src-shared/domain/format.ts';
import { spreadOf } from '../../src-shared/domain/spread.ts';
import type { StoredStudy } from '../store/comparisonStudies.ts';
import type { ProjectStore } from '../store/index.ts';
import { bestTrial } from '../training/search/index.ts';

/** A study with all that is known of its searches and runs. */
export function describeStudy(store: ProjectStore, study: StoredStudy): ComparisonStudy {
  const { record, ...facts } = study;
  const arms = record.arms.map(({ architecture, search, runs, selected }) => {
    const trials = store.searches.search(search) === null ? [] : store.searches.trials(search);
    const best = bestTrial(trials);
    const trained = [...runs]
      .sort((a, b) => a.seed - b.seed)
      .map(({ seed, run }) => {
        const known = store.runs.run(run);
        return { seed, run, state: known?.state ?? 'deleted', validation: known?.best?.validation ?? null };
      });
    return {
      architecture,
      search,
      trial: best?.number ?? null,
      trials: trials.length,
      configuration: best?.configuration ?? null,
      runs: trained,
      accuracy: spreadOf(trained.map(({ validation }) => validation?.accuracy ?? null)),
      auc: spreadOf(trained.map(({ validation }) => validation?.auc ?? null)),
      selected,
    };
  });
  const whole = { ...facts, arms, openedAt: record.openedAt, report: record.report };
  const validated = arms.every(
    ({ selected }) => selected !== null && store.evaluations.document(selected, 'validation'),
  );
  const tested = arms.every(({ selected }) => selected !== null && store.evaluations.document(selected, 'test'));
  const searched = (id: string) => store.searches.search(id)?.state === 'finished';
  return { ...whole, steps: studySteps(whole, { searched, validated, tested }) };
}

interface Done {
  searched(search: string): boolean;
  validated: boolean;
  tested: boolean;
}

/** The steps in their order: those that are done, the one under way, those to come. */
function studySteps(study: Omit<ComparisonStudy, 'steps'>, { searched, validated, tested }: Done): StudyStep[] {
  const { seeds, trials: planned } = study.request;
  const steps = [
    ...study.arms.map(({ architecture, search, trial, trials }) => ({
      id: `search ${architecture}`,
      title: `Search for ${architectureName(architecture)}`,
      done: searched(search),
      detail:
        trials === 0 ? '' : `${trials} of ${planned} trials${trial === null ? '' : `, the best is trial ${trial}`}`,
    })),
    ...study.arms.map(({ architecture, runs, accuracy, selected }) => ({
      id: `seeds ${architecture}`,
      title: `${seeds} ${seeds === 1 ? 'seed' : 'seeds'} of ${architectureName(architecture)}`,
      done: selected !== null,
      detail:
        runs.length === 0
          ? ''
          : `${runs.filter(({ state }) => state === 'finished').length} of ${seeds} trained${accuracy === null ? '' : `, validation accuracy ${formatNumber(accuracy.mean, 3)} on average (${formatNumber(accuracy.low, 3)}–${formatNumber(accuracy.high, 3)})`}`,
    })),
    { id: 'validation', title: 'Operating points on validation', done: validated, detail: '' },
    {
      id: 'test',
      title: 'Test set opened once, for all selected runs',
      done: tested,
      detail: study.openedAt === null ? '' : `by ${study.request.openedBy}, ${study.openedAt.slice(0, 10)}`,
    },
    {
      id: 'report',
      title: 'Paired comparison and report',
      done: study.report !== null,
      detail: study.report === null ? '' : `${study.report.files.length} files`,
    },
  ];
  const current = steps.findIndex(({ done }) => !done);
  return steps.map(({ done, ...step }, place) => ({
    ...step,
    state: done ? 'done' : place === current && study.state === 'running' ? 'running' : 'waiting',
  }));
}
