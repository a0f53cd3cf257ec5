import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const ownerSchema = z.object({ pid: z.int().positive(), host: z.string(), token: z.string() });

/**
 * Runs `work` while holding a lock file, so that two installations at once do no harm: the second waits. A lock whose
 * owner no longer runs is taken over. `onWait` is called each time the lock was found held.
 */
export async function withLock<Result>(
  path: string,
  options: { signal?: AbortSignal; onWait?: () => void; pollMilliseconds?: number },
  work: () => Promise<Result>,
): Promise<Result> {
  const token = randomUUID();
  while (!(await tryAcquire(path, token))) {
    options.signal?.throwIfAborted();
    await removeIfStale(path);
    options.onWait?.();
    await sleep(options.pollMilliseconds ?? 500, undefined, { signal: options.signal });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** A hard link appears at once and complete, so a lock file is never seen empty. */
async function tryAcquire(path: string, token: string): Promise<boolean> {
  const draft = `${path}.${token}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, host: hostname(), token }));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function removeIfStale(path: string): Promise<void> {
  const seen = await readOwner(path);
  if (seen === 'gone' || isAlive(seen)) return;
  // Between reading and renaming another process may have taken over; its lock is then put back.
  const aside = `${path}.stale-${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await readOwner(aside);
  if (taken !== 'gone' && isAlive(taken)) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

type Owner = z.infer<typeof ownerSchema>;

async function readOwner(path: string): Promise<Owner | null | 'gone'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return 'gone';
  }
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A file that nobody wrote as a lock counts as abandoned; a lock of another host cannot be judged and counts as held. */
function isAlive(owner: Owner | null): boolean {
  if (owner === null) return false;
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
