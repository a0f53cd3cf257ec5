/**
 * Which trial gets the next free worker. Asynchronous successive halving (ASHA): L. Li, K. Jamieson, A. Rostamizadeh, E. Gonina,
 * J. Ben-tzur, M. Hardt, B. Recht, A. Talwalkar, "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, algorithm 2.
 * Grid and random search are the same with one rung, the whole training.
 */
import type { TrialState } from '../../../src-shared/contract/search.ts';
import type { EpochRecord } from '../../../src-shared/contract/training.ts';
import type { SearchPlan } from '../../../src-shared/domain/searchBudget.ts';
import { compareScores, scoreUntil, type Score } from './score.ts';

export interface KnownTrial {
  number: number;
  state: TrialState;
  /** Epoch up to which it was last told to go. */
  targetEpoch: number;
  records: readonly EpochRecord[];
}

export type NextStep =
  | { kind: 'draw'; number: number; targetEpoch: number }
  | { kind: 'goOn'; number: number; targetEpoch: number }
  /** Nothing to do until a trial under way ends. */
  | { kind: 'wait' }
  | { kind: 'done' };

export function nextStep(plan: SearchPlan, trials: readonly KnownTrial[]): NextStep {
  const waiting = trials.find((trial) => trial.state === 'waiting');
  if (waiting) return { kind: 'goOn', number: waiting.number, targetEpoch: waiting.targetEpoch };
  const promoted = promotable(plan, trials);
  if (promoted !== null) return promoted;
  if (plan.trials === null || trials.length < plan.trials) {
    return { kind: 'draw', number: trials.length + 1, targetEpoch: plan.rungs[0]! };
  }
  if (trials.some((trial) => trial.state === 'running')) return { kind: 'wait' };
  return lastPromotion(plan, trials) ?? { kind: 'done' };
}

/** From the highest rung down: the best of the upper 1/η of those who reached it, unless it went on already. */
function promotable(plan: SearchPlan, trials: readonly KnownTrial[]): NextStep | null {
  for (let rung = plan.rungs.length - 2; rung >= 0; rung -= 1) {
    const epoch = plan.rungs[rung]!;
    const reached = atRung(trials, epoch);
    const top = reached.slice(0, Math.floor(reached.length / plan.reduction));
    const next = top.find(({ trial }) => trial.state === 'paused' && trial.targetEpoch === epoch);
    if (next) return { kind: 'goOn', number: next.trial.number, targetEpoch: plan.rungs[rung + 1]! };
  }
  return null;
}

/**
 * Beyond the paper: when every trial has been drawn and none went to the end, because the budget was smaller than the rungs want, the
 * best of the highest rung goes on, so that a search ends with at least one whole training.
 */
function lastPromotion(plan: SearchPlan, trials: readonly KnownTrial[]): NextStep | null {
  if (trials.some((trial) => trial.state === 'finished')) return null;
  for (let rung = plan.rungs.length - 2; rung >= 0; rung -= 1) {
    const [best] = atRung(trials, plan.rungs[rung]!).filter(({ trial }) => trial.state === 'paused');
    if (best) return { kind: 'goOn', number: best.trial.number, targetEpoch: plan.rungs[rung + 1]! };
  }
  return null;
}

/** Trials that trained to `epoch`, or ended on their own before it, the best first. A trial that failed is none of them. */
function atRung(trials: readonly KnownTrial[], epoch: number): { trial: KnownTrial; score: Score }[] {
  return trials
    .flatMap((trial) => {
      const arrived = trial.state === 'finished' || (trial.records.at(-1)?.epoch ?? 0) >= epoch;
      const score = trial.state === 'failed' || !arrived ? null : scoreUntil(trial.records, epoch);
      return score === null ? [] : [{ trial, score }];
    })
    .sort((a, b) => compareScores(a.score, b.score) || a.trial.number - b.trial.number);
}
