import type { Trial } from '../../../src-shared/contract/search.ts';
import { compareScores } from './score.ts';

/** The best trial on validation: accuracy, then the lower loss, then the lower number. The test set has no part in it. */
export function bestTrial<Known extends Pick<Trial, 'number' | 'state' | 'best'>>(
  trials: readonly Known[],
): Known | null {
  const score = ({ best }: Known) => ({
    accuracy: best?.validation.accuracy ?? -1,
    loss: best?.validation.loss ?? Number.POSITIVE_INFINITY,
  });
  const candidates = trials.filter((trial) => trial.best !== null && trial.state !== 'failed');
  return [...candidates].sort((a, b) => compareScores(score(a), score(b)) || a.number - b.number)[0] ?? null;
}
