import { describe, expect, it } from 'vitest';
import { classesFromNames, draftProblem, nextColor } from './classDraft.ts';

describe('classes from folder names', () => {
  it('makes COVID positive where the other is called NonCOVID, orange and blue', () => {
    expect(classesFromNames(['CT_NonCOVID', 'CT_COVID'], [])).toEqual([
      { id: null, name: 'CT_COVID', color: '#e69f00', positive: true, key: null },
      { id: null, name: 'CT_NonCOVID', color: '#56b4e9', positive: false, key: null },
    ]);
  });

  it('keeps the classes that are there and their positive one', () => {
    const existing = [{ id: 3, name: 'Mass', color: '#e69f00', positive: true, key: null }];
    const draft = classesFromNames(['mass', 'normal'], existing);
    expect(draft.map((one) => [one.id, one.name, one.positive])).toEqual([
      [3, 'Mass', true],
      [null, 'normal', false],
    ]);
  });
});

describe('class draft', () => {
  it('names what stands in the way', () => {
    const one = { id: null, name: 'A', color: '#e69f00', positive: true, key: null };
    expect(draftProblem([one, { ...one, name: ' a ', positive: false }])).toMatch(/same name/);
    expect(draftProblem([{ ...one, name: '  ' }])).toMatch(/needs a name/);
    expect(draftProblem([{ ...one, positive: false }])).toMatch(/sensitivity/);
    expect(draftProblem([{ ...one, key: 'n' }])).toMatch(/needed for the next image/);
    expect(
      draftProblem([
        { ...one, key: 'c' },
        { ...one, name: 'B', positive: false, key: 'C' },
      ]),
    ).toMatch(/same key/);
    expect(draftProblem([one])).toBeNull();
  });

  it('gives every new class a colour of its own', () => {
    expect(nextColor([{ id: null, name: 'A', color: '#E69F00', positive: true, key: null }])).toBe('#56b4e9');
  });
});
