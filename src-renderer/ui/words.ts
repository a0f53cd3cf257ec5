/** The contract's names as the reader's words. */
import type { Architecture, Head, SetName } from '../../src-shared/contract/vocabulary.ts';
import type { RunState } from '../../src-shared/contract/runs.ts';
import type { PredictionRow } from '../../src-shared/contract/evaluation.ts';

export const setWords: Record<SetName, string> = { training: 'Training', validation: 'Validation', test: 'Test' };

export const architectureWords: Record<Architecture, string> = {
  vgg16: 'VGG-16',
  vgg19_bn: 'VGG-19 with batch norm',
};

/** Where there is little room. */
export const shortArchitectureWords: Record<Architecture, string> = { vgg16: 'VGG-16', vgg19_bn: 'VGG-19-BN' };

export const headWords: Record<Head, string> = { full: 'full head', compact: 'compact head' };

export const runStateWords: Record<RunState, string> = {
  queued: 'waiting',
  preparing: 'preparing',
  training: 'training',
  paused: 'paused',
  finished: 'finished',
  cancelled: 'cancelled',
  failed: 'failed',
  interrupted: 'interrupted',
};

export const outcomeWords: Record<PredictionRow['outcome'], string> = {
  tp: 'true positive',
  fp: 'false positive',
  fn: 'false negative',
  tn: 'true negative',
};

export const originWords = { folder: 'from the folder', reader: 'by a reader', import: 'at import' } as const;

/** How a label came about, where that says more than its origin. */
export const actWords = {
  adjudicate: 'decided where readers differ',
  import: 'from a table',
  undo: 'taken back',
  redo: 'brought back',
} as const;
