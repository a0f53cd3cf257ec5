import type { PredictionRow } from '../../../src-shared/contract/evaluation.ts';

export type ReviewSort = 'loss' | 'probability' | 'fileName' | 'patient';

const outcomes: readonly PredictionRow['outcome'][] = ['tp', 'fp', 'fn', 'tn'];

/** The outcome an address asks for; null for anything else. */
export function outcomeOf(value: unknown): PredictionRow['outcome'] | null {
  return outcomes.find((one) => one === value) ?? null;
}
