/**
 * `npm run bench -- viewer [--json] [--changes N] [--slices N]`: how fast the viewer scrolls through a 512×512 series in Chromium, drawn by
 * WebGL (in software where there is no graphics card) and by the processor, and what memory it holds over many slice changes.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type CDPSession, type Page } from 'playwright-core';
import { parenchyma, temporaryFolder } from '../test/helpers/commandLine.ts';
import { writeCtSeries } from '../test/helpers/ctFile.ts';
import { startLoopback } from '../test/helpers/loopback.ts';
import { browserForInterface, spread, type Spread } from './interface/browser.ts';

const size = 512;
/** Slice changes between two readings of the memory. */
const portion = 500;

/** After garbage collection in the page. */
interface MemoryReading {
  changes: number;
  /** JavaScript objects of the page. */
  heapBytes: number;
  /** Typed arrays of the page: pictures above all. */
  arrayBytes: number;
  /** Resident in all processes of the browser, and in the host's. */
  browserBytes: number;
  hostBytes: number;
}

interface Result {
  renderer: string;
  /** Slices drawn per second while a key is pressed in every frame of the display; the display's own rate beside it. */
  scroll: { framesPerSecond: number; displayFramesPerSecond: number };
  sliceChange: { cold: Spread; warm: Spread };
  /** Before the changes, then after each portion of them. */
  memory: MemoryReading[];
}

export default async function viewer(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      changes: { type: 'string', default: '10000' },
      slices: { type: 'string', default: '200' },
    },
  });
  const slices = Number(values.slices);
  const browser = await browserForInterface();
  const folder = temporaryFolder('bench-viewer');
  try {
    const project = join(folder.path, 'bench.parenchyma');
    const study = writeCtSeries(folder.path, {
      name: 'series',
      patient: 'BENCH',
      rows: size,
      columns: size,
      slices,
      spacing: [0.7, 0.7],
      intercept: -1024,
      value: (column, row, slice) => (column * row + slice * 16) & 0xfff,
    });
    await parenchyma(folder.path, 'create', project);
    const imported = await parenchyma(folder.path, 'import', project, study);
    if (imported.code !== 0) throw new Error(imported.stderr);
    const results: Result[] = [];
    for (const without of [false, true]) {
      results.push(await measure(browser, folder.path, project, without, slices, Number(values.changes)));
    }
    if (values.json) console.log(JSON.stringify({ columns: size, rows: size, slices, results }));
    else for (const result of results) console.log(words(result));
  } finally {
    folder.remove();
  }
}

async function measure(
  executablePath: string,
  folder: string,
  project: string,
  withoutWebGl: boolean,
  slices: number,
  changes: number,
): Promise<Result> {
  const loopback = await startLoopback(folder, '--project', project);
  const args = [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...(withoutWebGl ? ['--disable-gpu', '--disable-software-rasterizer', '--disable-3d-apis'] : []),
  ];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    const ended = new Promise<never>((_, reject) => {
      page.on('crash', () => reject(new Error('The page crashed: its process ended, most likely for lack of memory.')));
      browser.on('disconnected', () => reject(new Error('The browser ended by itself.')));
    });
    ended.catch(() => undefined);
    await page.goto(loopback.address);
    await page.goto(`${new URL(page.url()).origin}/#/images?image=1`);
    const pane = page.locator('[data-testid="viewport"][data-state="ready"]');
    await pane.waitFor({ timeout: 120_000 });
    const renderer = (await pane.getAttribute('data-renderer')) ?? '';
    const cold = spread(await scroll(page, slices - 1));
    const warm = spread(await scroll(page, slices - 1));
    const rate = await scrollRate(page, 5);
    const session = await page.context().newCDPSession(page);
    const hostPid = loopback.process.pid!;
    const memory = [await memoryNow(session, page, 0, hostPid)];
    for (let done = 0; done < changes;) {
      const next = Math.min(portion, changes - done);
      await Promise.race([scroll(page, next), ended]);
      done += next;
      memory.push(await memoryNow(session, page, done, hostPid));
      console.error(`${renderer}: ${memoryWords(memory.at(-1)!)}`);
    }
    return { renderer, scroll: rate, sliceChange: { cold, warm }, memory };
  } finally {
    await browser.close();
    await loopback.stop();
  }
}

/** Milliseconds of each change: from the key to the second frame after the slice is reported, when it stands on the canvas. */
function scroll(page: Page, changes: number): Promise<number[]> {
  return page.evaluate(async (count) => {
    const pane = document.querySelector<HTMLElement>('[data-testid="viewport"]')!;
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const last = Number(pane.dataset.sliceCount) - 1;
    let key = Number(pane.dataset.sliceIndex) === last ? 'ArrowUp' : 'ArrowDown';
    const times: number[] = [];
    for (let change = 0; change < count; change += 1) {
      const before = pane.dataset.sliceIndex;
      if (before === '0') key = 'ArrowDown';
      if (before === String(last)) key = 'ArrowUp';
      const start = performance.now();
      pane.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      while (pane.dataset.sliceIndex === before || pane.dataset.state !== 'ready') await frame();
      await frame();
      times.push(performance.now() - start);
    }
    return times;
  }, changes);
}

/** One key in each frame, to and fro. */
function scrollRate(page: Page, seconds: number): Promise<Result['scroll']> {
  return page.evaluate(async (length) => {
    const pane = document.querySelector<HTMLElement>('[data-testid="viewport"]')!;
    const last = Number(pane.dataset.sliceCount) - 1;
    let key = 'ArrowDown';
    let shown = 0;
    let frames = 0;
    let before = pane.dataset.sliceIndex;
    const start = performance.now();
    while (performance.now() - start < length * 1000) {
      if (pane.dataset.sliceIndex === '0') key = 'ArrowDown';
      if (pane.dataset.sliceIndex === String(last)) key = 'ArrowUp';
      pane.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      await new Promise((done) => requestAnimationFrame(done));
      frames += 1;
      if (pane.dataset.sliceIndex !== before) shown += 1;
      before = pane.dataset.sliceIndex;
    }
    const elapsed = (performance.now() - start) / 1000;
    return { framesPerSecond: shown / elapsed, displayFramesPerSecond: frames / elapsed };
  }, seconds);
}

async function memoryNow(session: CDPSession, page: Page, changes: number, hostPid: number): Promise<MemoryReading> {
  await session.send('HeapProfiler.collectGarbage');
  const usage = (await session.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number };
  await page.waitForTimeout(500);
  const hostBytes = residentBytes(hostPid);
  return {
    changes,
    heapBytes: usage.usedSize,
    arrayBytes: usage.backingStorageSize ?? 0,
    browserBytes: residentBytes(process.pid) - hostBytes,
    hostBytes,
  };
}

/** Of all processes that came from this one, directly or not, its own included unless it is this program. */
function residentBytes(ancestor: number): number {
  if (process.platform === 'win32') return 0;
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number]);
  const family = new Set([ancestor]);
  for (let grown = -1; grown !== family.size;) {
    grown = family.size;
    for (const [pid, parent] of rows) if (family.has(parent)) family.add(pid);
  }
  family.delete(process.pid);
  return rows
    .filter(([pid]) => family.has(pid))
    .reduce((sum, [pid, , kilobytes]) => sum + (proportionalKilobytes(pid) ?? kilobytes) * 1024, 0);
}

/** Memory that processes share counts once in all; Linux tells it. */
function proportionalKilobytes(pid: number): number | null {
  try {
    const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return found === undefined ? null : Number(found);
  } catch {
    return null;
  }
}

function memoryWords({ changes, heapBytes, arrayBytes, browserBytes, hostBytes }: MemoryReading): string {
  const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(0)} MB`;
  return (
    `${changes} slice changes: heap ${megabytes(heapBytes)}, arrays ${megabytes(arrayBytes)}, ` +
    `browser ${megabytes(browserBytes)}, host ${megabytes(hostBytes)} resident`
  );
}

function words({ renderer, scroll: rate, sliceChange, memory }: Result): string {
  const change = ({ medianMilliseconds, p95Milliseconds }: Spread): string =>
    `median ${medianMilliseconds.toFixed(1)} ms, 95 % ${p95Milliseconds.toFixed(1)} ms`;
  return [
    `${renderer}: ${rate.framesPerSecond.toFixed(1)} slices/s in ${rate.displayFramesPerSecond.toFixed(1)} frames/s`,
    `  slice change, first pass: ${change(sliceChange.cold)}; again: ${change(sliceChange.warm)}`,
    ...[memory[0]!, memory[Math.floor(memory.length / 2)]!, memory.at(-1)!].map((one) => `  ${memoryWords(one)}`),
  ].join('\n');
}
