import type { Failure } from '../../../src-shared/contract/errors.ts';
import type { Trial, TrialEvent, TrialState } from '../../../src-shared/contract/search.ts';

/** A trial whose worker dies this often without a further epoch is given up. */
const mostDeaths = 3;

/** Failures that belong to a trial's own configuration; the search goes on without it. */
const ofTheTrial = new Set(['DIVERGED', 'OUT_OF_MEMORY', 'PRECISION_UNAVAILABLE']);
/** Failures that every other trial would meet too. */
const ofAll = new Set(['WEIGHTS_REFUSED', 'NO_BACKEND', 'DISK', 'INPUTS_UNREADABLE', 'PATH_NOT_WRITABLE']);

export interface Verdict {
  state: TrialState;
  failure: Failure | null;
  /** The worker ended without saying why. */
  died: boolean;
  /** Why no trial of the search can work; the trial itself stays in the line. */
  fatal: Failure | null;
}

/** What becomes of a trial whose worker is gone, from the last thing that it reported in this attempt. */
export function verdictOn(
  trial: Pick<Trial, 'number' | 'targetEpoch' | 'epochsDone'>,
  last: TrialEvent | null,
  { stopping, deaths }: { stopping: boolean; deaths: number },
): Verdict {
  const verdict = (change: Partial<Verdict>): Verdict => ({
    state: 'waiting',
    failure: null,
    died: false,
    fatal: null,
    ...change,
  });
  if (last?.event === 'ended') {
    if (last.outcome === 'finished' || last.outcome === 'stoppedEarly') return verdict({ state: 'finished' });
    return verdict({ state: trial.epochsDone >= trial.targetEpoch ? 'paused' : 'waiting' });
  }
  if (last?.event === 'failed' && ofTheTrial.has(last.code)) {
    return verdict({ state: 'failed', failure: failureOf(last, 'The other trials go on.', '') });
  }
  if (last?.event === 'failed' && ofAll.has(last.code)) {
    const remedy = 'Mend that, then let the search go on: no trial is lost.';
    return verdict({ fatal: failureOf(last, 'Trials that are complete are kept.', remedy) });
  }
  if (stopping) return verdict({});
  if (deaths + 1 < mostDeaths) return verdict({ died: true });
  const why = last?.event === 'failed' ? ` The last time: ${last.message}` : '';
  return verdict({
    died: true,
    state: 'failed',
    failure: {
      code: 'COMPUTE_FAILED',
      message: `The worker of trial ${trial.number} ended ${mostDeaths} times without a further epoch.${why}`,
      kept: 'Its epochs until then are kept; the other trials go on.',
      remedy: 'Look for want of memory: fewer workers, a smaller batch or image size.',
    },
  });
}

function failureOf(event: Extract<TrialEvent, { event: 'failed' }>, kept: string, remedy: string): Failure {
  const code = event.code === 'OUT_OF_MEMORY' || event.code === 'WEIGHTS_REFUSED' ? event.code : 'COMPUTE_FAILED';
  return { code: event.code === 'NO_BACKEND' ? 'NO_BACKEND' : code, message: event.message, kept, remedy };
}
