import type { Progress } from '../../../src-shared/contract/progress.ts';
import type { SearchRequest, Trial } from '../../../src-shared/contract/search.ts';
import { formatNumber } from '../../../src-shared/domain/format.ts';
import { plannedEpochs, type SearchPlan } from '../../../src-shared/domain/searchBudget.ts';
import { bestTrial } from './best.ts';

/** The one progress of a search: epochs trained of those planned; with a budget in hours alone, seconds. */
export function searchProgress(
  plan: SearchPlan,
  request: SearchRequest,
  trials: readonly Trial[],
  spentSeconds: number,
): Omit<Progress, 'job'> {
  const epochs = trials.reduce((sum, trial) => sum + trial.epochsDone, 0);
  const failed = trials.filter((trial) => trial.state === 'failed').length;
  const planned = plannedEpochs(plan);
  const hours = request.budget.hours === null ? null : request.budget.hours * 3600;
  const byEpochs = planned === null ? null : Math.max(planned, epochs);
  const rate = spentSeconds > 0 && epochs > 0 ? epochs / spentSeconds : null;
  const left = byEpochs === null || rate === null ? null : (byEpochs - epochs) / rate;
  const leftOfTime = hours === null ? null : Math.max(0, hours - spentSeconds);
  const best = bestTrial(trials);
  const accuracy = best?.best?.validation.accuracy ?? null;
  return {
    phase: 'search',
    ...(byEpochs === null ? { done: Math.min(spentSeconds, hours!), total: hours } : { done: epochs, total: byEpochs }),
    rate,
    etaSeconds: left === null ? leftOfTime : leftOfTime === null ? left : Math.min(left, leftOfTime),
    message: [
      `${trials.length - failed} ${trials.length - failed === 1 ? 'trial' : 'trials'}${failed > 0 ? `, ${failed} failed` : ''}`,
      ...(best && accuracy !== null ? [`best ${formatNumber(accuracy, 3)} (trial ${best.number})`] : []),
    ].join(' · '),
  };
}
