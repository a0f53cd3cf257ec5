import { describe, expect, it } from 'vitest';
import { afterEpoch, noEpochYet, shouldStop } from './earlyStopping.ts';

const validation = (loss: number | null, accuracy: number | null) => ({
  loss,
  accuracy,
  auc: null,
  sensitivity: null,
  specificity: null,
});

/** Number of the epoch after which the training ends; null where it does not. */
function endOf(epochs: [loss: number | null, accuracy: number | null][], patience: number): number | null {
  let state = noEpochYet;
  for (const [index, [loss, accuracy]] of epochs.entries()) {
    state = afterEpoch(state, validation(loss, accuracy));
    if (shouldStop(state, { patience })) return index + 1;
  }
  return null;
}

describe('early stopping', () => {
  it('ends after as many epochs without a lower loss or a higher accuracy as patience allows', () => {
    expect(
      endOf(
        [
          [1, 0.5],
          [0.8, 0.7],
          [0.9, 0.7],
          [0.85, 0.6],
          [0.5, 0.9],
        ],
        2,
      ),
    ).toBe(4);
    expect(
      endOf(
        [
          [1, 0.5],
          [0.8, 0.7],
          [0.9, 0.7],
          [0.85, 0.6],
          [0.5, 0.9],
        ],
        3,
      ),
    ).toBeNull();
  });

  it('counts a lower loss at the same accuracy, and a higher accuracy at a higher loss', () => {
    expect(
      endOf(
        [
          [1, 0.5],
          [0.9, 0.5],
          [0.8, 0.5],
          [0.7, 0.5],
        ],
        1,
      ),
    ).toBeNull();
    expect(
      endOf(
        [
          [1, 0.5],
          [1.1, 0.6],
          [1.2, 0.7],
          [1.3, 0.8],
        ],
        1,
      ),
    ).toBeNull();
  });

  it('never ends a training without a validation set, or without the rule', () => {
    expect(
      endOf(
        [
          [null, null],
          [null, null],
          [null, null],
        ],
        1,
      ),
    ).toBeNull();
    const late = afterEpoch(afterEpoch(noEpochYet, validation(1, 0.5)), validation(2, 0.4));
    expect(shouldStop(late, null)).toBe(false);
  });
});
