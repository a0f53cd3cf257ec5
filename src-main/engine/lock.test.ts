import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { withLock } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'parenchyma-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fast = { pollMilliseconds: 5 };

describe('the installation lock', () => {
  it('lets one in at a time and leaves nothing behind', async () => {
    const path = join(folder, 'one.lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        withLock(path, fast, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await sleep(10);
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a process that no longer runs', async () => {
    const path = join(folder, 'dead.lock');
    // Above the kernel's largest process number.
    writeFileSync(path, JSON.stringify({ pid: 4_194_305, host: hostname(), token: 'x' }));
    expect(await withLock(path, fast, async () => 'done')).toBe('done');
  });

  it('is taken over when it holds no owner', async () => {
    const path = join(folder, 'damaged.lock');
    writeFileSync(path, '');
    expect(await withLock(path, fast, async () => 'done')).toBe('done');
  });

  it('is freed when the work fails', async () => {
    const path = join(folder, 'failed.lock');
    await expect(withLock(path, fast, async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await withLock(path, fast, async () => 'done')).toBe('done');
  });

  it('ends the wait when cancelled', async () => {
    const path = join(folder, 'held.lock');
    const cancel = new AbortController();
    await withLock(path, fast, async () => {
      const waiting = withLock(
        path,
        { ...fast, signal: cancel.signal, onWait: () => cancel.abort() },
        async () => 'in',
      );
      await expect(waiting).rejects.toThrow();
    });
  });
});
