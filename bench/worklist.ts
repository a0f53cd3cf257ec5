/**
 * `npm run bench -- worklist [--json] [--images N]`: how smoothly the review worklist scrolls in Chromium with 10,000 predictions, whether
 * rows are there when they come into view, and how long it takes from the key to the next case's picture.
 */
import { linkSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { temporaryFolder } from '../test/helpers/commandLine.ts';
import { startLoopback } from '../test/helpers/loopback.ts';
import { addMadeRun, madeImageStore } from '../test/helpers/madeRun.ts';
import { browserForInterface, spread, type Spread } from './interface/browser.ts';

interface Scroll extends Spread {
  /** Pixels moved in each frame; a row is 30 pixels high. */
  pixelsPerFrame: number;
  /** Share of the rows in view, over all frames, whose text was there. */
  filled: number;
}

export default async function worklist(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, images: { type: 'string', default: '10000' } },
  });
  const images = Number(values.images);
  const browser = await browserForInterface();
  const folder = temporaryFolder('bench-worklist');
  try {
    await makeProject(folder.path, images);
    const result = await measure(browser, folder.path, join(folder.path, 'Made.parenchyma'));
    if (values.json) console.log(JSON.stringify({ images, ...result }));
    else {
      for (const one of result.scrolls) console.log(words(one));
      const { medianMilliseconds, p95Milliseconds } = result.nextCase;
      console.log(
        `next case by key, until its picture stands: median ${medianMilliseconds.toFixed(0)} ms, 95 % ${p95Milliseconds.toFixed(0)} ms`,
      );
    }
  } finally {
    folder.remove();
  }
}

/** Four pictures of each patient, all links to one file. */
async function makeProject(directory: string, images: number): Promise<void> {
  const store = madeImageStore(directory, images / 4, 4);
  const source = join(directory, 'pictures');
  mkdirSync(source);
  const first = join(source, '1.png');
  const pixels = Uint8Array.from({ length: 512 * 512 }, (_unused, place) => (place * 7 + (place >> 9) * 3) & 0xff);
  await sharp(pixels, { raw: { width: 512, height: 512, channels: 1 } })
    .png()
    .toFile(first);
  for (let id = 2; id <= images; id += 1) linkSync(first, join(source, `${id}.png`));
  store.database.prepare('UPDATE sources SET path = ?').run(source);
  store.database.exec('UPDATE images SET rows = 512, columns = 512');
  addMadeRun(store, ({ imageId }) => ((imageId * 7919) % 10_007) / 10_007);
  store.close();
}

async function measure(executablePath: string, folder: string, project: string) {
  const loopback = await startLoopback(folder, '--project', project);
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    await page.goto(loopback.address);
    await page.goto(`${new URL(page.url()).origin}/#/review`);
    await page.locator('[role="row"][data-image-id]').first().waitFor({ timeout: 120_000 });
    await page.locator('[data-testid="viewport"][data-state="ready"]').waitFor({ timeout: 120_000 });
    const nextCase = spread(await nextCases(page, 40));
    const scrolls: Scroll[] = [];
    for (const pixels of [30, 120, 600]) scrolls.push(await scroll(page, pixels));
    return { scrolls, nextCase };
  } finally {
    await browser.close();
    await loopback.stop();
  }
}

/** From the key j to the second frame after the viewer reports the next case's image. */
function nextCases(page: Page, count: number): Promise<number[]> {
  return page.evaluate(async (changes) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const pane = document.querySelector<HTMLElement>('[data-testid="viewport"]')!;
    const selected = () =>
      document.querySelector<HTMLElement>('[role="row"][aria-selected="true"]')?.dataset.imageId ?? '';
    const times: number[] = [];
    for (let change = 0; change < changes; change += 1) {
      const before = pane.dataset.imageId;
      const start = performance.now();
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true, cancelable: true }));
      await frame();
      while (pane.dataset.imageId === before || pane.dataset.imageId !== selected() || pane.dataset.state !== 'ready') {
        await frame();
      }
      await frame();
      times.push(performance.now() - start);
      // A reader looks before the next key.
      await new Promise((done) => setTimeout(done, 300));
    }
    return times;
  }, count);
}

async function scroll(page: Page, pixelsPerFrame: number): Promise<Scroll> {
  const { times, filled } = await page.evaluate(async (pixels) => {
    const body = document.querySelector<HTMLElement>('[role="grid"] [role="rowgroup"][tabindex="0"]')!;
    body.scrollTop = 0;
    const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
    await frame();
    let last = await frame();
    const found: number[] = [];
    let rows = 0;
    let withText = 0;
    for (let step = 0; step < 300 && body.scrollTop + body.clientHeight < body.scrollHeight; step += 1) {
      body.scrollTop += pixels;
      const now = await frame();
      found.push(now - last);
      last = now;
      const { top, bottom } = body.getBoundingClientRect();
      for (let at = top + 15; at < bottom; at += 30) {
        rows += 1;
        const row = document.elementFromPoint(body.getBoundingClientRect().left + 20, at)?.closest('[role="row"]');
        if (row && row.textContent.trim() !== '') withText += 1;
      }
    }
    return { times: found, filled: withText / rows };
  }, pixelsPerFrame);
  return { pixelsPerFrame, ...spread(times), filled };
}

function words(one: Scroll): string {
  return (
    `${one.pixelsPerFrame} pixels a frame: median ${one.medianMilliseconds.toFixed(1)} ms, 95 % ${one.p95Milliseconds.toFixed(1)} ms, ` +
    `worst ${one.worstMilliseconds.toFixed(1)} ms; rows in view with text ${(100 * one.filled).toFixed(1)} %`
  );
}
