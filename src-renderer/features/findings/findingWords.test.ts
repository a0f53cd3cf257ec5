import { expect, it } from 'vitest';
import type { Finding } from '../../../src-shared/contract/findings.ts';
import { caseCounts, checkWords } from './findingWords.ts';

const check = { measured: 5, images: 8, upToDate: false, at: null };

it('says what the check has still to look at, and nothing when it is done', () => {
  expect(checkWords(check, false)).toBe('3 images not compared with the others yet.');
  expect(checkWords(check, true)).toContain('being compared');
  expect(checkWords({ ...check, measured: 8 }, false)).toContain('have changed');
  expect(checkWords({ ...check, upToDate: true }, false)).toBeNull();
});

it('counts the cases of a finding by state, and not a single one', () => {
  const finding = (open: number, accepted: number, resolved: number) =>
    ({ cases: { open, accepted, resolved } }) as Finding;
  expect(caseCounts(finding(3, 1, 0))).toBe('3 open, 1 accepted');
  expect(caseCounts(finding(0, 0, 2))).toBe('2 resolved');
  expect(caseCounts(finding(1, 0, 0))).toBe('');
});
