/** What every picture is taken with: the window, the list of what was taken, and the ways to get somewhere. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { remoteCall } from '../../test/helpers/remoteCall.ts';

/** Charts and pictures settle. */
const settleMilliseconds = 700;
/** Of WebP; text stays sharp and the files small. */
const quality = 80;

export interface Taken {
  name: string;
  words: string;
}

export type Studio = Awaited<ReturnType<typeof openStudio>>;

export async function openStudio(directory: string) {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const taken: Taken[] = [];
  const missed: { name: string; reason: string }[] = [];

  async function take(page: Page, name: string, words: string): Promise<void> {
    await page.waitForTimeout(settleMilliseconds);
    const picture = await page.screenshot();
    await sharp(picture)
      .webp({ quality, effort: 6 })
      .toFile(join(directory, `${name}.webp`));
    taken.push({ name, words });
    console.log(`docs/pictures/${name}.webp`);
  }

  return {
    taken,
    missed,

    /** One picture. A state that cannot be reached is reported at the end; the others are taken all the same. */
    async picture(page: Page, name: string, words: string, reach: () => Promise<unknown> = async () => undefined) {
      try {
        await reach();
        await take(page, name, words);
      } catch (error) {
        const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
        missed.push({ name, reason });
        console.error(`missed: ${name}: ${reason}`);
      }
    },

    /** The list of all pictures, for people who read the folder. */
    async writeList(): Promise<void> {
      const entries = taken.map(({ name, words }) => `## ${words}\n\n![${words}](${name}.webp)\n`);
      const head =
        '# Pictures of every screen\n\nMade by `npm run pictures` from synthetic studies; no picture shows a patient.\n';
      await writeFile(join(directory, 'README.md'), [head, ...entries].join('\n'));
    },
  };
}

/** Opens a screen by its address. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.keyboard.press('Escape');
  await page.goto(`${new URL(page.url()).origin}/#/${path}`);
}

export async function viewerReady(page: Page): Promise<void> {
  await page.locator('[data-testid="viewport"][data-state="ready"]').first().waitFor();
}

/** Waits until no job runs. */
export async function idle(page: Page, mostSeconds: number): Promise<void> {
  for (let second = 0; second < mostSeconds; second += 1) {
    const jobs = (await remoteCall(page, 'jobs/list')) as { state: string }[];
    if (jobs.every(({ state }) => state !== 'running')) return;
    await page.waitForTimeout(1000);
  }
  throw new Error(`Still working after ${mostSeconds} seconds.`);
}
