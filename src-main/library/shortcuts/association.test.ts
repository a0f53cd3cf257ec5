import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chiSquareTail, testRanks, testTable } from './association.ts';

interface Expected {
  tables: { table: number[][]; test: string; statistic: number | null; pValue: number; cramersV: number }[];
  ranks: { groups: number[][]; statistic: number; pValue: number; effect: number }[];
  tails: { value: number; degrees: number; pValue: number }[];
}
const file = join(import.meta.dirname, '../../../test/fixtures/library/association.json');
const expected = JSON.parse(readFileSync(file, 'utf8')) as Expected;

/** Equal to 1e-9 of the greater of the value and 1e-30, so that small p values count too. */
function expectSame(actual: number, wanted: number): void {
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(wanted), 1e-30) + 1e-15);
}

describe('as scipy has it', () => {
  it.each(expected.tables)('table $table', ({ table, test, statistic, pValue, cramersV }) => {
    const result = testTable(table)!;
    expect(result.test).toBe(test);
    if (statistic === null) expect(result.statistic).toBeNull();
    else expectSame(result.statistic!, statistic);
    expectSame(result.pValue, pValue);
    expectSame(result.cramersV, cramersV);
  });

  it.each(expected.ranks)('ranks of %#', ({ groups, statistic, pValue, effect }) => {
    const result = testRanks(groups)!;
    expectSame(result.statistic, statistic);
    expectSame(result.pValue, pValue);
    expectSame(result.effect, effect);
  });

  it.each(expected.tails)('tail of $value with $degrees degrees of freedom', ({ value, degrees, pValue }) => {
    expectSame(chiSquareTail(value, degrees), pValue);
  });
});

it('says nothing where there is nothing to compare', () => {
  expect(
    testTable([
      [4, 0],
      [7, 0],
    ]),
  ).toBeNull();
  expect(testTable([[4, 3]])).toBeNull();
  expect(
    testRanks([
      [1, 1, 1],
      [1, 1],
    ]),
  ).toBeNull();
  expect(testRanks([[1, 2]])).toBeNull();
});
