import { describe, expect, it } from 'vitest';
import { addCounts, countPlaywright, countVitest, noTests, reconcile, summaryLine } from './testCounts.ts';

const vitest = (files: { status: string; assertionResults: { status: string }[] }[], failed = 0) => ({
  numPassedTests: 3,
  numFailedTests: failed,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: files,
});

describe('test counts', () => {
  it('adds todo tests to the skipped ones', () => {
    expect(countVitest(vitest([]))).toEqual({ passed: 3, failed: 0, skipped: 3 });
  });

  it('counts a test file that could not be loaded as one failure', () => {
    expect(countVitest(vitest([{ status: 'failed', assertionResults: [] }])).failed).toBe(1);
  });

  it('does not count a failed file twice when its tests are counted', () => {
    expect(countVitest(vitest([{ status: 'failed', assertionResults: [{ status: 'failed' }] }], 1)).failed).toBe(1);
  });

  it('counts a flaky browser test as failed', () => {
    const report = { stats: { expected: 2, unexpected: 0, flaky: 1, skipped: 4 }, errors: [] };
    expect(countPlaywright(report)).toEqual({ passed: 2, failed: 1, skipped: 4 });
  });

  it('does not let a crashed runner pass', () => {
    expect(reconcile(noTests, 1).failed).toBe(1);
    expect(reconcile(noTests, 0).failed).toBe(0);
    expect(reconcile({ ...noTests, failed: 2 }, 1).failed).toBe(2);
  });

  it('refuses a report of another shape', () => {
    expect(() => countVitest({ numPassedTests: 'all' })).toThrow();
    expect(() => countPlaywright({})).toThrow();
  });

  it('prints the sum in one line', () => {
    const sum = addCounts({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 0, skipped: 1 });
    expect(summaryLine(sum)).toBe('11 passed, 2 failed, 4 skipped');
  });
});
