import { describe, expect, it } from 'vitest';
import { gridSize, plannedEpochs } from './searchBudget.ts';

describe('what a search takes', () => {
  it('is every trial to the first rung, a third to the next, at least one to the end', () => {
    expect(plannedEpochs({ rungs: [1, 3, 9], reduction: 3, trials: 9 })).toBe(9 * 1 + 3 * 2 + 1 * 6);
    expect(plannedEpochs({ rungs: [1, 3, 9], reduction: 3, trials: 2 })).toBe(2 + 2 + 6);
    expect(plannedEpochs({ rungs: [20], reduction: 3, trials: 5 })).toBe(100);
    expect(plannedEpochs({ rungs: [20], reduction: 3, trials: null })).toBeNull();
  });
  it('of a grid is every combination', () => {
    const parameters = {
      learningRate: { kind: 'logUniform' as const, low: 1e-5, high: 1e-3, points: 5 },
      batchSize: { kind: 'choice' as const, values: [4, 8] },
    };
    expect(gridSize({ format: 'parenchyma-search-space', version: 1, parameters })).toBe(10);
  });
});
