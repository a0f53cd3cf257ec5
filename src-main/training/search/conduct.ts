import { setTimeout as after } from 'node:timers/promises';
import type { Failure } from '../../../src-shared/contract/errors.ts';
import type { JobContext } from '../../../src-shared/contract/progress.ts';
import { configureTrial, drawTrial } from './draw.ts';
import { createCrew } from './crew.ts';
import { nextStep, type KnownTrial } from './nextStep.ts';
import type { SearchParts, TrialStore } from './ports.ts';
import { searchProgress } from './progress.ts';

/** How often reports are read, in milliseconds: they come through files. */
const readEvery = 250;

/** How a search ended: `stopped` by its signal, with every unfinished trial back in the line. */
export type SearchOutcome = { kind: 'finished' } | { kind: 'stopped' } | { kind: 'failed'; failure: Failure };

/**
 * Carries a search on from what the database holds until its budget is spent: gives each free worker its next trial, reads what the
 * workers report, and puts a trial whose worker is gone back in the line. Called again after a pause or a crash it goes on there.
 */
export async function conductSearch(parts: SearchParts, context: JobContext): Promise<SearchOutcome> {
  const { request, store, plan } = parts;
  for (const trial of store.trials()) {
    if (trial.state === 'running') store.change(trial.number, { state: 'waiting' });
  }
  const outOfTime = () => request.budget.hours !== null && store.spentSeconds() >= request.budget.hours * 3600;
  const crew = createCrew(parts, () => context.signal.aborted || outOfTime());
  const count = stopwatch(store);
  try {
    for (;;) {
      count();
      await crew.settleEnded();
      if (crew.stopping()) break;
      if ((await fillWorkers(parts, crew)) === 'done') return { kind: 'finished' };
      await after(readEvery);
      await crew.readReports();
      context.report(searchProgress(plan, request, store.trials(), store.spentSeconds()));
    }
  } finally {
    await crew.end();
    count();
  }
  const failure = crew.fatal();
  if (failure !== null) return { kind: 'failed', failure };
  return { kind: outOfTime() && !context.signal.aborted ? 'finished' : 'stopped' };
}

/** Gives free workers their trials until there is none, or nothing to do now, or nothing at all. */
async function fillWorkers(parts: SearchParts, crew: ReturnType<typeof createCrew>): Promise<'full' | 'done'> {
  const { request, store, plan } = parts;
  while (crew.size() < request.workers && !crew.stopping()) {
    const step = nextStep(plan, known(store));
    if (step.kind === 'done') return crew.size() === 0 ? 'done' : 'full';
    if (step.kind === 'wait') return 'full';
    if (step.kind === 'draw') {
      const choice = drawTrial(request, step.number);
      store.add(step.number, choice, configureTrial(request, step.number, choice), step.targetEpoch);
    }
    await crew.start(step.number, step.targetEpoch);
  }
  return 'full';
}

/** Adds the time since the last call to what the search has spent. */
function stopwatch(store: TrialStore): () => void {
  let countedAt = performance.now();
  return () => {
    const now = performance.now();
    store.addSpent((now - countedAt) / 1000);
    countedAt = now;
  };
}

function known(store: TrialStore): KnownTrial[] {
  return store.trials().map(({ number, state, targetEpoch }) => ({
    number,
    state,
    targetEpoch,
    records: store.records(number),
  }));
}
