import type {
  ComparisonStudy,
  ComparisonStudyRecord,
  ComparisonStudyRequest,
} from '../../src-shared/contract/comparisonStudy.ts';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { searchRequestSchema, type SearchRequest } from '../../src-shared/contract/search.ts';
import type { EpochRecord, RunConfiguration } from '../../src-shared/contract/training.ts';
import { architectureName } from '../../src-shared/domain/architectures.ts';
import type { StoredStudy } from '../store/comparisonStudies.ts';
import type { ProjectStore } from '../store/index.ts';
import { bestTrial, compareScores } from '../training/search/index.ts';
import { describeStudy } from './comparisonStudyView.ts';
import type { evaluationOperations } from './evaluationOperations.ts';
import type { reportOperations } from './reportOperations.ts';
import type { runQueueOperations } from './runQueueOperations.ts';
import { freezeForSearch } from './searchData.ts';
import type { SearchListener, searchOperations } from './searchOperations.ts';
import type { trainingOperations } from './trainingOperations.ts';

export interface StudyParts {
  searches: ReturnType<typeof searchOperations>;
  training: ReturnType<typeof trainingOperations>;
  queue: ReturnType<typeof runQueueOperations>;
  evaluation: ReturnType<typeof evaluationOperations>;
  report: ReturnType<typeof reportOperations>;
}

export interface StudyListener extends SearchListener {
  onEpoch(run: string, record: EpochRecord): void;
  onRuns(): void;
}

type Arm = ComparisonStudyRecord['arms'][number];

/** Comparisons of architectures as the shells call them, on one open project. Each step is recorded, so that a study goes on after any end. */
export function comparisonStudyOperations(store: ProjectStore, parts: StudyParts) {
  const { comparisonStudies } = store;

  const requireStudy = (id: string): StoredStudy => {
    const study = comparisonStudies.study(id);
    if (study) return study;
    throw new ExpectedError({
      code: 'NOT_FOUND',
      message: `There is no comparison study ${id} in this project.`,
      remedy: 'Choose one of those listed under Train.',
    });
  };

  const change = (id: string, record: ComparisonStudyRecord) => comparisonStudies.setRecord(id, record);

  /** Changes one arm of the record as it stands now. */
  const changeArm = (id: string, architecture: Arm['architecture'], next: (arm: Arm) => Arm) => {
    const { record } = requireStudy(id);
    const arms = record.arms.map((arm) => (arm.architecture === architecture ? next(arm) : arm));
    change(id, { ...record, arms });
  };

  async function search(arm: Arm, listener: StudyListener, context: JobContext): Promise<void> {
    if (parts.searches.search(arm.search).state === 'finished') return;
    const { state } = await parts.searches.conductSearch(arm.search, listener, context);
    context.signal.throwIfAborted();
    if (state !== 'finished') throw stopped(`The search of ${architectureName(arm.architecture)} is ${state}.`);
  }

  function chosenConfiguration(study: StoredStudy, { search: id, architecture }: Arm, seed: number): RunConfiguration {
    const best = bestTrial(store.searches.trials(id));
    if (best === null) throw stopped(`No trial of ${architectureName(architecture)} finished an epoch.`);
    refuseOtherData(store, study);
    return { ...best.configuration, seed };
  }

  async function trainSeed(id: string, arm: Arm, seed: number, listener: StudyListener, context: JobContext) {
    const study = requireStudy(id);
    const known = study.record.arms
      .find(({ architecture }) => architecture === arm.architecture)!
      .runs.find((one) => one.seed === seed);
    const before = known && store.runs.run(known.run) ? parts.training.run(known.run) : null;
    if (before?.state === 'finished') return;
    const trained = { onEpoch: listener.onEpoch, onChange: listener.onRuns };
    // The study's signal pauses a run, which then goes on from its checkpoint.
    const pausable = { report: context.report, signal: new AbortController().signal };
    const pause = context.signal;
    if (before && before.checkpoints > 0) {
      parts.queue.resumeRun(before.id);
      parts.queue.leaveQueue(before.id);
      await parts.training.executeRun(before.id, trained, pausable, { resume: true, pause });
    } else {
      if (before) await parts.training.removeRun(before.id);
      const { run, execute } = parts.training.createRun(chosenConfiguration(study, arm, seed), trained);
      changeArm(id, arm.architecture, (now) => ({
        ...now,
        runs: [...now.runs.filter((one) => one.seed !== seed), { seed, run }],
      }));
      listener.onChange();
      await execute(pausable, { pause });
    }
    context.signal.throwIfAborted();
  }

  /** Highest validation accuracy, then lowest validation loss, then the earlier seed. */
  function select(id: string, { architecture, runs }: Arm): void {
    const trained = [...runs]
      .sort((a, b) => a.seed - b.seed)
      .flatMap(({ run }) => {
        const validation = store.runs.run(run)?.best?.validation;
        if (validation === undefined) return [];
        return [{ run, accuracy: validation.accuracy ?? 0, loss: validation.loss ?? Number.POSITIVE_INFINITY }];
      });
    const [best] = trained.sort(compareScores);
    if (best === undefined) throw stopped(`No run of ${architectureName(architecture)} finished an epoch.`);
    changeArm(id, architecture, (arm) => ({ ...arm, selected: best.run }));
  }

  const selectedRuns = (id: string) => requireStudy(id).record.arms.map(({ selected }) => selected!);
  const evaluated = (run: string, set: 'validation' | 'test') => store.evaluations.document(run, set) !== null;
  const evaluation = (run: string, set: 'validation' | 'test', openedBy: string) => ({
    run,
    set,
    rule: null,
    interval: 'wilson' as const,
    aggregation: 'mean' as const,
    openedBy,
  });

  async function openTestSet(id: string, context: JobContext): Promise<void> {
    const { request, record, number } = requireStudy(id);
    const at = record.openedAt ?? new Date().toISOString();
    for (const run of selectedRuns(id)) {
      if (evaluated(run, 'test')) continue;
      const openedBy = `${request.openedBy} (comparison study ${number})`;
      await parts.evaluation.evaluate(evaluation(run, 'test', openedBy), context, {
        at,
        opened: () => change(id, { ...requireStudy(id).record, openedAt: at }),
      });
    }
  }

  async function writeReport(id: string, context: JobContext): Promise<void> {
    const { request, record } = requireStudy(id);
    if (record.report !== null) return;
    const { formats, directory, openedBy } = request;
    const wish = { runs: selectedRuns(id), formats, directory, author: openedBy };
    const { id: report, files } = await parts.report.writeReport(wish, context);
    change(id, { ...requireStudy(id).record, report: { id: report, files } });
  }

  async function carryOn(id: string, listener: StudyListener, context: JobContext): Promise<void> {
    const inStep = (step: string): JobContext => {
      listener.onChange();
      const { steps } = view(requireStudy(id));
      const place = steps.findIndex((one) => one.id === step);
      const title = `Step ${place + 1} of ${steps.length}: ${steps[place]?.title ?? step}`;
      const report: JobContext['report'] = (progress) =>
        context.report({ ...progress, phase: step, message: `${title} · ${progress.message}` });
      report({ phase: step, done: 0, total: null, rate: null, etaSeconds: null, message: 'beginning' });
      return { signal: context.signal, report };
    };
    const { arms } = requireStudy(id).record;
    for (const arm of arms) await search(arm, listener, inStep(`search ${arm.architecture}`));
    for (const { architecture } of arms) {
      const now = () => requireStudy(id).record.arms.find((arm) => arm.architecture === architecture)!;
      const { seed, seeds } = requireStudy(id).request;
      for (let place = 0; place < seeds; place += 1) {
        await trainSeed(id, now(), seed + place, listener, inStep(`seeds ${architecture}`));
      }
      if (now().selected === null) select(id, now());
    }
    for (const run of selectedRuns(id)) {
      if (evaluated(run, 'validation')) continue;
      await parts.evaluation.evaluate(evaluation(run, 'validation', ''), inStep('validation'));
      listener.onRuns();
    }
    await openTestSet(id, inStep('test'));
    listener.onRuns();
    await writeReport(id, inStep('report'));
  }

  const view = (study: StoredStudy): ComparisonStudy => describeStudy(store, study);

  return {
    comparisonStudies: (): ComparisonStudy[] => comparisonStudies.list().map(view),
    comparisonStudy: (id: string): ComparisonStudy => view(requireStudy(id)),

    /** Freezes the data and makes the searches; nothing is computed yet. */
    createComparisonStudy(request: ComparisonStudyRequest): string {
      const arms = request.architectures.map(({ architecture, weights }): Arm => {
        const made = parts.searches.createSearch(searchOf(request, { ...request.base, architecture, weights }));
        return { architecture, search: made, runs: [], selected: null };
      });
      const { snapshotSha256 } = store.searches.search(arms[0]!.search)!;
      const record = { arms, openedAt: null, report: null };
      return comparisonStudies.create(request, snapshotSha256, record, new Date().toISOString());
    },

    /** Carries a study on to its report; stopped by its signal it can go on later. */
    async conductComparisonStudy(id: string, listener: StudyListener, context: JobContext): Promise<ComparisonStudy> {
      if (requireStudy(id).state === 'finished') throw alreadyDone(id);
      comparisonStudies.setState(id, 'running');
      try {
        await carryOn(id, listener, context);
        comparisonStudies.setState(id, 'finished', { endedAt: new Date().toISOString() });
      } catch (error) {
        if (context.signal.aborted) comparisonStudies.setState(id, 'paused');
        else comparisonStudies.setState(id, 'failed', { failure: failureOf(error) });
        throw error;
      } finally {
        listener.onChange();
      }
      return view(requireStudy(id));
    },

    /** Forgets a study; its searches, runs and openings of the test set stay. */
    removeComparisonStudy(id: string): void {
      if (requireStudy(id).state === 'running') {
        throw new ExpectedError({ code: 'BUSY', message: `${id} is under way.`, remedy: 'Pause it first.' });
      }
      comparisonStudies.remove(id);
    },
  };
}

function searchOf(request: ComparisonStudyRequest, base: RunConfiguration): SearchRequest {
  const { space, method, halving, trials, workers, seed } = request;
  return searchRequestSchema.parse({ base, space, method, halving, budget: { trials, hours: null }, workers, seed });
}

function refuseOtherData(store: ProjectStore, { request, snapshotSha256 }: StoredStudy): void {
  if (freezeForSearch(store, request).sha256 === snapshotSha256) return;
  throw stopped('Images, labels or sets changed since the study began, so its runs would not be comparable.');
}

function stopped(message: string): ExpectedError {
  return new ExpectedError({
    code: 'INVALID_INPUT',
    message,
    kept: 'Searches and runs until now are kept; the test set was not opened.',
    remedy: 'Put that in order and let the study go on, or start a new one.',
  });
}

function alreadyDone(id: string): ExpectedError {
  return new ExpectedError({
    code: 'INVALID_INPUT',
    message: `${id} is finished: its report is written.`,
    remedy: 'Start a new study.',
  });
}

function failureOf(error: unknown) {
  if (error instanceof ExpectedError) return error.toFailure();
  return {
    code: 'COMPUTE_FAILED' as const,
    message: error instanceof Error ? error.message : 'The study failed.',
    kept: 'What is complete is kept.',
    remedy: 'Let the study go on.',
  };
}
