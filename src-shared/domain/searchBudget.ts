/** What a search will take: its rungs, its trials, its epochs. */
import type { SearchRequest, SearchSpace } from '../contract/search.ts';

export interface SearchPlan {
  /** Epochs at which trials are compared, ascending; the last is the whole training. */
  rungs: readonly number[];
  /** η: one in so many goes on. */
  reduction: number;
  /** Trials to be drawn at most; null without a limit. */
  trials: number | null;
}

type Planned = Pick<SearchRequest, 'method' | 'halving' | 'space' | 'budget'> & { base: { epochs: number } };

/** Epochs of the rungs: r, r·η, r·η², … below the whole training, and the whole training. */
export function rungsOf({ method, halving, base }: Pick<Planned, 'method' | 'halving' | 'base'>): number[] {
  if (method !== 'halving') return [base.epochs];
  const { reduction } = halving;
  const first = halving.firstRung ?? Math.max(1, Math.floor(base.epochs / reduction ** 2));
  const rungs: number[] = [];
  for (let epoch = first; epoch < base.epochs; epoch *= reduction) rungs.push(epoch);
  return [...rungs, base.epochs];
}

/** How many points a grid has, without making them. */
export function gridSize(space: SearchSpace): number {
  return Object.values(space.parameters).reduce(
    (product, range) =>
      product * (range === undefined ? 1 : range.kind === 'choice' ? range.values.length : range.points),
    1,
  );
}

export function planOf(request: Planned): SearchPlan {
  const { trials } = request.budget;
  const points = request.method === 'grid' ? gridSize(request.space) : null;
  return {
    rungs: rungsOf(request),
    reduction: request.halving.reduction,
    trials: points === null ? trials : Math.min(points, trials ?? points),
  };
}

/**
 * Epochs that a search will train in all, about: every trial to the first rung, one in η of them to the next, and so on, at least one to
 * the end; null where only the hours limit it.
 */
export function plannedEpochs({ rungs, reduction, trials }: SearchPlan): number | null {
  if (trials === null) return null;
  let sum = 0;
  let before = 0;
  rungs.forEach((epoch, rung) => {
    sum += Math.max(1, Math.floor(trials / reduction ** rung)) * (epoch - before);
    before = epoch;
  });
  return sum;
}
