/**
 * `npm run pictures`: makes the pictures in docs/pictures anew, from the sample study and a short training, in the real interface.
 * Takes some minutes; needs Chromium (scripts/setup/browser.ts finds or fetches it).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { temporaryFolder } from '../test/helpers/commandLine.ts';
import { startLoopback } from '../test/helpers/loopback.ts';
import { ensureBrowser } from './setup/browser.ts';
import { ensureRenderer } from './setup/renderer.ts';
import { root } from './stages.ts';

const directory = join(root, 'docs', 'pictures');
const trainingTimeout = 900_000;

const browser = await ensureBrowser((line) => console.log(line));
const built = await ensureRenderer((line) => console.log(line));
if (browser.kind === 'missing' || built.kind === 'failed') {
  console.error(
    `No pictures: ${browser.kind === 'missing' ? browser.reason : built.kind === 'failed' ? built.reason : ''}`,
  );
  process.exitCode = 1;
} else {
  await mkdir(directory, { recursive: true });
  await takeAll(browser.path);
}

async function takeAll(executablePath: string): Promise<void> {
  const folder = temporaryFolder('pictures');
  const loopback = await startLoopback(folder.path);
  const window = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  try {
    const page = await window.newPage({ viewport: { width: 1366, height: 768 } });
    page.setDefaultTimeout(60_000);
    await page.goto(loopback.address);
    await doMainJob(page);
  } finally {
    await window.close();
    await loopback.stop();
    folder.remove();
  }
}

async function doMainJob(page: Page): Promise<void> {
  const take = async (name: string) => {
    // Charts and pictures settle; the focus ring of the last click is no part of the picture.
    await page.waitForTimeout(800);
    await page.screenshot({ path: join(directory, `${name}.png`) });
    console.log(`docs/pictures/${name}.png`);
  };
  const go = (name: string) =>
    page
      .getByRole('navigation')
      .getByRole('link', { name: new RegExp(`^${name}`) })
      .click();

  await page.getByRole('button', { name: /Try the sample study/ }).waitFor();
  await take('start');
  await page.getByRole('button', { name: /Try the sample study/ }).click();
  await page.getByTestId('viewport').and(page.locator('[data-state="ready"]')).waitFor({ timeout: trainingTimeout });
  await page.getByRole('listbox', { name: 'Thumbnails' }).getByRole('option').nth(7).click();
  await take('images');
  await go('Labels');
  await take('labels');
  await go('Train');
  await page.getByRole('radio', { name: 'Advanced' }).click();
  await page.getByLabel('Start from').selectOption('quick');
  await take('new-run');
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.getByText('finished').first().waitFor({ timeout: trainingTimeout });
  await take('run');
  await go('Results');
  await page.getByRole('button', { name: 'Evaluate on validation' }).click();
  await page.getByRole('heading', { name: 'ROC curve' }).waitFor();
  await take('results');
  await page.getByRole('button', { name: 'Go through the predictions' }).click();
  await page.getByTestId('viewport').and(page.locator('[data-state="ready"]')).waitFor();
  await take('review');
  await go('Report');
  await page.getByRole('button', { name: 'Write report' }).click();
  await page.getByText(/\.pdf/).first().waitFor();
  await take('report');
}
