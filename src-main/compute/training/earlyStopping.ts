import type { EarlyStopping, EpochRecord } from '../../../src-shared/contract/training.ts';

/** What early stopping remembers between epochs. */
export interface EarlyStoppingState {
  lowestLoss: number | null;
  highestAccuracy: number | null;
  /** Epochs in a row in which neither was reached anew. */
  without: number;
}

export const noEpochYet: EarlyStoppingState = { lowestLoss: null, highestAccuracy: null, without: 0 };

/** An epoch brings progress when its validation loss is the lowest or its validation accuracy the highest so far. */
export function afterEpoch(
  state: EarlyStoppingState,
  { loss, accuracy }: EpochRecord['validation'],
): EarlyStoppingState {
  const lower = loss !== null && (state.lowestLoss === null || loss < state.lowestLoss);
  const higher = accuracy !== null && (state.highestAccuracy === null || accuracy > state.highestAccuracy);
  return {
    lowestLoss: lower ? loss : state.lowestLoss,
    highestAccuracy: higher ? accuracy : state.highestAccuracy,
    without: lower || higher ? 0 : state.without + 1,
  };
}

/** Without a validation set nothing can be said, and the training goes to its end. */
export function shouldStop(state: EarlyStoppingState, rule: EarlyStopping | null): boolean {
  return rule !== null && state.highestAccuracy !== null && state.without >= rule.patience;
}
