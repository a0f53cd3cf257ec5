import type { SearchState, TrialState } from '../../../src-shared/contract/search.ts';

export const trialStateWords: Record<TrialState, string> = {
  waiting: 'waiting',
  running: 'training',
  paused: 'held at a rung',
  finished: 'finished',
  stopped: 'not continued',
  failed: 'failed',
};

export const searchStateWords: Record<SearchState, string> = {
  running: 'under way',
  paused: 'paused',
  finished: 'finished',
  cancelled: 'cancelled',
  failed: 'failed',
  interrupted: 'interrupted',
};

/** States from which a search or study can go on. */
export const canGoOn = (state: SearchState): boolean =>
  state === 'paused' || state === 'interrupted' || state === 'failed';
