import { describe, expect, it } from 'vitest';
import { searchParametersSchema } from '../../../src-shared/contract/search.ts';
import { numbersOf, spaceLines, toggled } from './spaceDraft.ts';

describe('the form of a search space', () => {
  it('reads lists of numbers, however they are separated', () => {
    expect(numbersOf('4, 8 16;16')).toEqual([4, 8, 16]);
    expect(numbersOf('0.1')).toEqual([0.1]);
    expect(numbersOf('four')).toBeNull();
    expect(numbersOf('')).toBeNull();
  });
  it('switches values and keeps at least one', () => {
    expect(toggled(['adam'], ['adam', 'sgd'], 'sgd')).toEqual(['adam', 'sgd']);
    expect(toggled(['adam', 'sgd'], ['adam', 'sgd'], 'adam')).toEqual(['sgd']);
    expect(toggled(['adam'], ['adam', 'sgd'], 'adam')).toEqual(['adam']);
  });
  it('offers only ranges that the contract takes', () => {
    for (const { name, usual } of spaceLines) {
      expect(searchParametersSchema.safeParse({ [name]: usual }).success, name).toBe(true);
    }
  });
});
