import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** What cached features of all runs of a project may take together. */
export const featureLimitBytes = 20e9;

/** Share of the free disk that new features may take. */
const shareOfFree = 0.5;

/** Whether features of this size may be kept on the disk that the folder lies on, when older ones are given up for them. */
export async function hasRoom(directory: string, bytes: number): Promise<boolean> {
  if (bytes > featureLimitBytes) return false;
  const space = await statfs(directory);
  const kept = (await featureFiles(directory)).reduce((sum, { size }) => sum + size, 0);
  return bytes <= space.bavail * space.bsize * shareOfFree + kept;
}

/** Deletes features, those first that were used longest ago, until the new ones keep to the limit. */
export async function makeRoom(directory: string, bytes: number, keep: string): Promise<void> {
  const files = (await featureFiles(directory)).filter(({ name }) => name !== keep).sort((a, b) => a.usedAt - b.usedAt);
  const space = await statfs(directory);
  let total = files.reduce((sum, { size }) => sum + size, bytes);
  let free = space.bavail * space.bsize * shareOfFree;
  for (const { name, size } of files) {
    if (total <= featureLimitBytes && bytes <= free) return;
    await rm(join(directory, name), { force: true });
    total -= size;
    free += size;
  }
}

async function featureFiles(directory: string): Promise<{ name: string; size: number; usedAt: number }[]> {
  const found = [];
  for (const name of await readdir(directory)) {
    if (!/^features-.*\.f32$/.test(name)) continue;
    const { size, mtimeMs } = await stat(join(directory, name));
    found.push({ name, size, usedAt: mtimeMs });
  }
  return found;
}

/** What a process that was killed left behind; one job runs at a time in a project. */
export async function removeDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/^features-.*\.f32\.tmp$/.test(name)) await rm(join(directory, name), { force: true });
  }
}
