/** Of a study or search that stopped before its end: why, what was kept, and what to do. */
import type { ComparisonStudy } from '../../../src-shared/contract/comparisonStudy.ts';
import type { SearchState, Trial } from '../../../src-shared/contract/search.ts';
import { formatQuantity } from '../../../src-shared/domain/format.ts';

const reasons: Partial<Record<SearchState, string>> = {
  paused: 'Paused on request.',
  interrupted: 'Interrupted: the program ended while it was under way.',
};

/** Null while it is under way, and where its failure says more. */
export function stoppedStudyWords(
  study: Pick<ComparisonStudy, 'state' | 'steps' | 'arms' | 'openedAt'>,
): string | null {
  const reason = reasons[study.state];
  if (reason === undefined) return null;
  const next = study.steps.findIndex(({ state }) => state !== 'done');
  const trials = study.arms.reduce((sum, arm) => sum + arm.trials, 0);
  const trained = study.arms.flatMap((arm) => arm.runs).filter(({ state }) => state === 'finished').length;
  const kept = [
    ...(trials > 0 ? [formatQuantity(trials, 'trial')] : []),
    ...(trained > 0 ? [formatQuantity(trained, 'trained seed')] : []),
    'the checkpoints of what was being trained',
  ].join(', ');
  const test = study.openedAt === null ? ' The test set was not opened.' : '';
  const step = study.steps[next];
  const what = trials + trained === 0 ? 'Nothing was trained yet.' : `Kept: ${kept}.`;
  return `${reason} ${what}${test}${step ? ` “Go on” continues with step ${next + 1} of ${study.steps.length}, ${step.title}.` : ''}`;
}

/** The same for a search by itself. */
export function stoppedSearchWords({ state, list }: { state: SearchState; list: readonly Trial[] }): string | null {
  const reason = reasons[state];
  if (reason === undefined) return null;
  const over = list.filter((trial) => trial.state === 'finished' || trial.state === 'stopped').length;
  return `${reason} Kept: ${formatQuantity(list.length, 'trial')}, ${over} of them complete, and the checkpoints of the others. “Go on” continues each from its newest checkpoint.`;
}
