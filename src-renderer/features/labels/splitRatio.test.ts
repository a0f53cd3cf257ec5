import { describe, expect, it } from 'vitest';
import { ratioProblem, shareOut } from './splitRatio.ts';

describe('split ratio', () => {
  it('must make 100 %, with something to train and to choose on', () => {
    expect(ratioProblem([70, 15, 15])).toBeNull();
    expect(ratioProblem([70, 15, 10])).toMatch(/95 %/);
    expect(ratioProblem([0, 50, 50])).toMatch(/training/);
    expect(ratioProblem([80, 0, 20])).toMatch(/validation/);
    expect(ratioProblem([Number.NaN, 50, 50])).toMatch(/number/);
  });

  it('shares out every patient', () => {
    expect(shareOut(40, [70, 15, 15])).toEqual([28, 6, 6]);
    expect(shareOut(7, [70, 15, 15])).toEqual([5, 1, 1]);
    expect(shareOut(0, [70, 15, 15])).toEqual([0, 0, 0]);
  });
});
