/**
 * `npm run pictures`: makes the pictures in docs/pictures anew, from synthetic studies and two short trainings, in the real interface.
 * Takes some minutes; needs Chromium (scripts/setup/browser.ts finds or fetches it). Ends with 1 and says which where a picture was missed.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { parenchyma, temporaryFolder } from '../test/helpers/commandLine.ts';
import { startLoopback } from '../test/helpers/loopback.ts';
import { takeImport, takeLabels, takeStart, takeViewer, writeMixedFolder } from './pictures/data.ts';
import { takeErrors, takeHuge, takeRest, takeResults, takeTraining } from './pictures/results.ts';
import { openStudio, type Studio } from './pictures/studio.ts';
import { ensureBrowser } from './setup/browser.ts';
import { ensureRenderer } from './setup/renderer.ts';
import { root } from './stages.ts';

const directory = join(root, 'docs', 'pictures');
/** Of all pictures together. */
const mostBytes = 6 * 1024 * 1024;
const viewport = { width: 1366, height: 768 };

const browser = await ensureBrowser((line) => console.log(line));
const built = await ensureRenderer((line) => console.log(line));
if (browser.kind === 'missing' || built.kind === 'failed') {
  console.error(
    `No pictures: ${browser.kind === 'missing' ? browser.reason : built.kind === 'failed' ? built.reason : ''}`,
  );
  process.exitCode = 1;
} else {
  process.exitCode = await takeAll(browser.path);
}

async function takeAll(executablePath: string): Promise<number> {
  const studio = await openStudio(directory);
  const folder = temporaryFolder('pictures');
  const window = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  try {
    await attempt(studio, 'the main job', () => takeMainJob(studio, window, folder.path));
    await attempt(studio, 'large', () => takeLarge(studio, window, folder.path));
    await studio.writeList();
  } finally {
    await window.close();
    folder.remove();
  }
  const bytes = readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  console.log(`${studio.taken.length} pictures, ${(bytes / 1024 ** 2).toFixed(1)} MB`);
  for (const { name, reason } of studio.missed) console.error(`missed: ${name}: ${reason}`);
  if (bytes > mostBytes) console.error('Together they are larger than 6 MB.');
  return studio.missed.length > 0 || bytes > mostBytes ? 1 : 0;
}

/** The whole job in the order in which it is done. A part that fails is reported; the next begins all the same. */
async function takeMainJob(studio: Studio, window: Browser, folder: string): Promise<void> {
  const loopback = await startLoopback(folder);
  const page = await openWindow(window, loopback.address);
  const mixed = writeMixedFolder(folder);
  const parts: Record<string, () => Promise<void>> = {
    start: () => takeStart(studio, page),
    import: () => takeImport(studio, page, mixed),
    viewer: () => takeViewer(studio, page),
    labels: () => takeLabels(studio, page),
    training: () => takeTraining(studio, page),
    results: () => takeResults(studio, page),
    rest: () => takeRest(studio, page),
    errors: () => takeErrors(studio, page, mixed, loopback.stop),
  };
  for (const [name, part] of Object.entries(parts)) {
    if (!window.isConnected()) throw new Error(`The browser ended before the pictures of ${name}.`);
    await attempt(studio, name, part);
  }
  await page.close();
}

/** As a reader has it who has given a name. */
async function openWindow(window: Browser, address: string): Promise<Page> {
  const page = await window.newPage({ viewport });
  page.setDefaultTimeout(20_000);
  await page.addInitScript(() => {
    if (localStorage.getItem('parenchyma.settings') === null)
      localStorage.setItem('parenchyma.settings', JSON.stringify({ reader: 'Dr. Example', author: 'Dr. Example' }));
  });
  await page.goto(address);
  return page;
}

async function takeLarge(studio: Studio, window: Browser, folder: string): Promise<void> {
  const project = join(folder, 'Large.parenchyma');
  const study = join(folder, 'large study');
  for (const command of [
    ['sample', study, '--patients', '60', '--slices', '40'],
    ['create', project],
    ['import', project, join(study, 'positive'), '--label', 'Ground glass'],
    ['import', project, join(study, 'negative'), '--label', 'No ground glass'],
  ]) {
    const result = await parenchyma(folder, ...command);
    if (result.code !== 0) throw new Error(`${command[0]}: ${result.stderr}`);
  }
  const loopback = await startLoopback(folder, '--project', project);
  const page = await openWindow(window, loopback.address);
  await takeHuge(studio, page, project);
  await page.close();
  await loopback.stop();
}

async function attempt(studio: Studio, name: string, part: () => Promise<void>): Promise<void> {
  try {
    await part();
  } catch (error) {
    studio.missed.push({ name: `the rest of ${name}`, reason: error instanceof Error ? error.message : String(error) });
  }
}
