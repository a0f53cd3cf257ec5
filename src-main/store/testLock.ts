import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { TestLock } from '../../src-shared/contract/splits.ts';

const rowSchema = z.object({
  locked: z.number().transform((value) => value === 1),
  author: z.string(),
  reason: z.string(),
  at: z.string(),
});

/** The lock of the test set: closed by its first opening (a trigger) or on purpose, opened by a recorded act only. */
export function createTestLockStore(database: DatabaseSync) {
  return {
    state: (): TestLock => readTestLock(database),
    set(locked: boolean, by: { author: string; reason: string; at: string }): void {
      database
        .prepare('INSERT INTO test_locks (locked, author, reason, at) VALUES (?, ?, ?, ?)')
        .run(locked ? 1 : 0, by.author, by.reason, by.at);
    },
    history: () =>
      database
        .prepare('SELECT locked, author, reason, at FROM test_locks ORDER BY id')
        .all()
        .map((row) => rowSchema.parse(row)),
  };
}

export function readTestLock(database: DatabaseSync): TestLock {
  const row = database.prepare('SELECT locked, author, reason, at FROM test_locks ORDER BY id DESC LIMIT 1').get();
  const last = row === undefined ? null : rowSchema.parse(row);
  return { locked: last?.locked ?? false, last };
}

/**
 * The one rule for images of a locked test set: they stay in it, with the labels they have. Whatever would take one of them out or back in
 * (excluding, moving) or change its reference label is refused, whoever asks, until the test set is unlocked on purpose.
 */
export function refuseForTestImages(database: DatabaseSync, imageIds: readonly number[], why: string): void {
  const select = database.prepare("SELECT 1 FROM image_facts WHERE image_id = ? AND set_name = 'test'");
  if (imageIds.some((image) => select.get(image) !== undefined)) refuseLockedTest(database, why);
}

/** Throws TEST_SET_LOCKED when the test set is locked; `why` says what would change it. */
export function refuseLockedTest(database: DatabaseSync, why: string): void {
  const { locked, last } = readTestLock(database);
  if (!locked || last === null) return;
  throw new ExpectedError({
    code: 'TEST_SET_LOCKED',
    message: `The test set is locked since ${last.at.slice(0, 10)} (${last.author}: ${last.reason.replace(/\.$/, '')}). ${why}`,
    kept: 'Sets and patients are as they were.',
    remedy:
      'Keep the test set and draw only training and validation anew, or unlock it on purpose with a reason; that is recorded and printed in every report.',
  });
}
