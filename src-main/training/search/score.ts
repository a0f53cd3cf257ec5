import type { EpochRecord } from '../../../src-shared/contract/training.ts';

/** What trials are compared by: the best epoch's figures on validation. */
export interface Score {
  epoch: number;
  accuracy: number;
  loss: number;
}

/** The best epoch up to and with `epoch`: highest validation accuracy, then lowest validation loss; null before the first. */
export function scoreUntil(records: readonly EpochRecord[], epoch: number): Score | null {
  let best: Score | null = null;
  for (const record of records) {
    if (record.epoch > epoch) continue;
    const score = {
      epoch: record.epoch,
      accuracy: record.validation.accuracy ?? 0,
      loss: record.validation.loss ?? Number.POSITIVE_INFINITY,
    };
    if (best === null || compareScores(score, best) < 0) best = score;
  }
  return best;
}

/** Negative when `a` is better. The test set has no part in it. */
export function compareScores(a: Pick<Score, 'accuracy' | 'loss'>, b: Pick<Score, 'accuracy' | 'loss'>): number {
  if (a.accuracy !== b.accuracy) return b.accuracy - a.accuracy;
  return a.loss === b.loss ? 0 : a.loss - b.loss;
}
