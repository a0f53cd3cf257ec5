import { describe, expect, it } from 'vitest';
import { toFailure } from './failures.ts';

describe('what a user is told of a failing disk', () => {
  it.each([
    ['a full disk', { code: 'ENOSPC' }, 'The disk is full.'],
    ['a full disk, met by the database', { code: 'ERR_SQLITE_ERROR', errcode: 13 }, 'The disk is full.'],
    [
      'a read-only folder, met by the database',
      { code: 'ERR_SQLITE_ERROR', errcode: 8 + (4 << 8) },
      'A folder that Parenchyma needs is not writable for you.',
    ],
    ['anything else', { code: 'ERR_SQLITE_ERROR', errcode: 1 }, 'Something went wrong inside Parenchyma.'],
  ])('%s', (_name, facts, message) => {
    expect(toFailure(Object.assign(new Error('raw words'), facts)).message).toBe(message);
  });
});
