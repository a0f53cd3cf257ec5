import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { isAbort, toFailure } from './failure.ts';

describe('failures of calls', () => {
  it("become the host's own words where it has said them", () => {
    const failure = { code: 'NO_SPLIT' as const, message: 'There is no split.', kept: 'All.', remedy: 'Split first.' };
    expect(toFailure(new ORPCError('NO_SPLIT', { data: failure }))).toEqual(failure);
  });

  it('say that nothing answers when the connection is refused', () => {
    expect(toFailure(new TypeError('Failed to fetch')).message).toMatch(/does not answer/);
  });

  it('keep the message of anything else, and never an empty one', () => {
    expect(toFailure(new Error('odd')).message).toBe('odd');
    expect(toFailure('nonsense').message).not.toBe('');
  });

  it('tell calls that were given up from calls that failed', () => {
    expect(isAbort(new DOMException('gone', 'AbortError'))).toBe(true);
    expect(isAbort(new Error('x'))).toBe(false);
  });
});
