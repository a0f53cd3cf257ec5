/**
 * `npm run bench -- runs [--json] [--runs N]`: how the table of runs does with 500 runs of 20 epochs: what the host's query takes, how long
 * the screen takes to open, and how smoothly it scrolls in Chromium.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { openProjectStore } from '../src-main/store/index.ts';
import { temporaryFolder } from '../test/helpers/commandLine.ts';
import { startLoopback } from '../test/helpers/loopback.ts';
import { addManyRuns, madeImageStore } from '../test/helpers/madeRun.ts';
import { browserForInterface, spread } from './interface/browser.ts';

export default async function runs(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '500' } },
  });
  const count = Number(values.runs);
  const browser = await browserForInterface();
  const folder = temporaryFolder('bench-runs');
  try {
    const store = madeImageStore(folder.path, 8, 2);
    addManyRuns(store, count, 20);
    store.close();
    const project = join(folder.path, 'Made.parenchyma');
    const result = {
      runs: count,
      query: timedQuery(project),
      ...(await measure(browser, folder.path, project, count)),
    };
    if (values.json) console.log(JSON.stringify(result));
    else {
      const { query, openMilliseconds, scroll, find } = result;
      console.log(
        `${count} runs: query ${query.medianMilliseconds.toFixed(0)} ms, open ${openMilliseconds.toFixed(0)} ms, scroll ${scroll.medianMilliseconds.toFixed(1)} ms a frame ` +
          `(95 % ${scroll.p95Milliseconds.toFixed(1)}, worst ${scroll.worstMilliseconds.toFixed(1)}), a letter in the search field ${find.medianMilliseconds.toFixed(0)} ms`,
      );
    }
  } finally {
    folder.remove();
  }
}

function timedQuery(project: string) {
  const store = openProjectStore(project);
  const times = Array.from({ length: 20 }, () => {
    const start = performance.now();
    store.runRecords.rows();
    return performance.now() - start;
  });
  store.close();
  return spread(times);
}

async function measure(executablePath: string, folder: string, project: string, count: number) {
  const loopback = await startLoopback(folder, '--project', project);
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    await page.goto(loopback.address);
    await page
      .getByRole('navigation')
      .getByRole('link', { name: /^Train/ })
      .waitFor();
    const openMilliseconds = await opening(page);
    await page.locator(`[role="grid"][data-total="${count}"]`).waitFor();
    return { openMilliseconds, scroll: spread(await scrolled(page)), find: spread(await found(page)) };
  } finally {
    await browser.close();
    await loopback.stop();
  }
}

/** From the click on Train to the second frame after the first row stands. */
function opening(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const start = performance.now();
    document.querySelector<HTMLElement>('nav a[href*="train"]')!.click();
    while (document.querySelector('tr[data-run]') === null) await frame();
    await frame();
    return performance.now() - start;
  });
}

function scrolled(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const body = document.querySelector<HTMLElement>('[role="grid"]')!.parentElement!;
    const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
    let last = await frame();
    const times: number[] = [];
    for (let step = 0; step < 200; step += 1) {
      body.scrollTop = (step * 60) % Math.max(1, body.scrollHeight - body.clientHeight);
      const now = await frame();
      times.push(now - last);
      last = now;
    }
    return times;
  });
}

/** From a letter in the search field to the second frame after it. */
function found(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const field = document.querySelector<HTMLInputElement>('input[type="search"]')!;
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const times: number[] = [];
    for (const text of ['v', 'vg', 'vgg', 'vgg-1', 'vgg-16', '']) {
      const start = performance.now();
      field.value = text;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      await frame();
      await frame();
      times.push(performance.now() - start);
    }
    return times;
  });
}
