/** What the state of a run allows, and in words what was kept of one that stopped. */
import type { RunDetail, RunState } from '../../../../src-shared/contract/runs.ts';
import { formatQuantity } from '../../../../src-shared/domain/format.ts';

type Stopped = Pick<RunDetail, 'state' | 'checkpoints' | 'epochsDone' | 'best' | 'configuration'>;

const stopped: readonly RunState[] = ['paused', 'interrupted', 'cancelled', 'failed'];

/** Only with a checkpoint; a run that never wrote one has to begin anew. */
export function canResume({ state, checkpoints }: Stopped): boolean {
  return stopped.includes(state) && checkpoints > 0;
}

export function canExtend({ state, checkpoints }: Stopped): boolean {
  return state === 'finished' && checkpoints > 0;
}

const reasons: Partial<Record<RunState, string>> = {
  paused: 'Paused on request.',
  interrupted: 'Interrupted: the program or its engine ended while it was being trained.',
  cancelled: 'Cancelled.',
  failed: 'It could not go on.',
};

/** Why a run stopped, what was kept, and what to do; null for one that did not stop early. */
export function stoppedWords(run: Stopped): { happened: string; kept: string; next: string } | null {
  const happened = reasons[run.state];
  if (happened === undefined) return null;
  const { epochs } = run.configuration;
  const kept = [
    run.best === null ? null : `the weights of epoch ${run.best.epoch}, the best so far`,
    run.epochsDone === 0 ? null : `the figures of ${formatQuantity(run.epochsDone, 'epoch')} of ${epochs}`,
    run.checkpoints === 0 ? null : formatQuantity(run.checkpoints, 'checkpoint'),
  ].filter((one) => one !== null);
  return {
    happened,
    kept: kept.length === 0 ? 'Nothing of it was kept but its configuration.' : `Kept: ${kept.join(', ')}.`,
    next:
      run.checkpoints > 0
        ? 'Resume goes on from the newest sound checkpoint and ends where it would have ended without the stop.'
        : 'It stopped before its first checkpoint: start it again.',
  };
}
