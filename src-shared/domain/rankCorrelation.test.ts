import { describe, expect, it } from 'vitest';
import { rankCorrelation } from './rankCorrelation.ts';

describe("Spearman's rank correlation", () => {
  it('is 1 for the same order and −1 for the opposite one, whatever the distances', () => {
    expect(rankCorrelation([1, 2, 30], [0.1, 5, 6])).toBe(1);
    expect(rankCorrelation([1, 2, 30], [9, 5, -6])).toBe(-1);
  });

  it('gives ties their mean rank, as scipy.stats.spearmanr 1.17.1 does', () => {
    const first = [0, 0, 0, 1.5, 2, 2, 7, 3];
    const second = [0.2, -1, 0.2, 0.9, 3, 0.1, 2.5, 2.5];
    expect(rankCorrelation(first, second)).toBeCloseTo(0.658499421498315, 12);
  });

  it('is not a number of any kind where one of the lists is constant', () => {
    expect(rankCorrelation([0, 0, 0], [1, 2, 3])).toBeNull();
  });
});
