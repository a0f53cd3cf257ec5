/** The viewer in a browser, for tests: a project of made-up series, the screen's facts, and the pixels that are drawn. */
import { join } from 'node:path';
import { expect, type Browser, type Locator, type Page } from '@playwright/test';
import { parenchyma, temporaryFolder } from './commandLine.ts';
import { writeCtSeries, type CtSeries } from './ctFile.ts';
import { startLoopback, type Loopback } from './loopback.ts';

export interface ViewerProject {
  project: string;
  folder: string;
  /** Image id of the first slice of a series; the others follow. */
  firstImage: Readonly<Record<string, number>>;
  remove(): void;
}

/** Each series is imported by itself, so that ids follow the order given. */
export async function makeViewerProject(name: string, series: readonly CtSeries[]): Promise<ViewerProject> {
  const folder = temporaryFolder(name);
  const project = join(folder.path, 'viewer.parenchyma');
  expect((await parenchyma(folder.path, 'create', project)).code).toBe(0);
  const firstImage: Record<string, number> = {};
  let next = 1;
  for (const one of series) {
    firstImage[one.name] = next;
    next += one.slices;
    writeCtSeries(join(folder.path, 'study'), one);
  }
  const folders = series.map((one) => join(folder.path, 'study', one.name));
  const imported = await parenchyma(folder.path, 'import', project, ...folders);
  expect(imported.code, imported.stderr).toBe(0);
  return { project, folder: folder.path, firstImage, remove: folder.remove };
}

export interface OpenViewer {
  page: Page;
  viewer: Locator;
  problems: string[];
  show(imageId: number): Promise<void>;
  close(): Promise<void>;
}

export async function openViewer(
  browser: Browser,
  { project, folder }: ViewerProject,
  screen: { hasTouch?: boolean; deviceScaleFactor?: number } = {},
): Promise<OpenViewer> {
  const loopback: Loopback = await startLoopback(folder, '--project', project);
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, ...screen });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(loopback.address);
  const viewer = page.getByTestId('viewport');
  return {
    page,
    viewer,
    problems,
    async show(imageId) {
      await page.goto(`${new URL(page.url()).origin}/#/help`);
      await page.goto(`${new URL(page.url()).origin}/#/images?image=${imageId}`);
      await expect(viewer).toHaveAttribute('data-image-id', String(imageId));
      await expect(viewer).toHaveAttribute('data-state', 'ready');
      await viewer.focus();
    },
    async close() {
      await context.close();
      await loopback.stop();
    },
  };
}

/** Map from pixels of the image (their centres) to the pane, as the layers have it: a, b, c, d, e, f. */
export async function imageMatrix(viewer: Locator): Promise<readonly number[]> {
  const transform = await viewer.locator('.layers').evaluate((layers) => (layers as HTMLElement).style.transform);
  const [a, b, c, d, e, f] = transform.slice('matrix('.length, -1).split(',').map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return [a, b, c, d, e + (a + c) / 2, f + (b + d) / 2];
}

/** Where a point of the image is on the page. */
export async function onScreen(viewer: Locator, [x, y]: readonly [number, number]): Promise<{ x: number; y: number }> {
  const [a, b, c, d, e, f] = (await imageMatrix(viewer)) as [number, number, number, number, number, number];
  const box = (await viewer.boundingBox())!;
  return { x: box.x + a * x + c * y + e, y: box.y + b * x + d * y + f };
}

export async function drag(
  page: Page,
  viewer: Locator,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const [start, end] = [await onScreen(viewer, from), await onScreen(viewer, to)];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2);
  await page.mouse.move(end.x, end.y);
  await page.mouse.up();
}

/** Red values of the drawn canvas under the centres of the given pixels of the image, once the canvas has settled. */
export async function drawnGray(viewer: Locator, points: readonly (readonly [number, number])[]): Promise<number[]> {
  const matrix = await imageMatrix(viewer);
  return viewer.evaluate(
    async (pane, { at, map }) => {
      for (let frame = 0; frame < 3; frame += 1) await new Promise((done) => requestAnimationFrame(done));
      const source = pane.querySelector<HTMLCanvasElement>('.picture canvas')!;
      const copy = document.createElement('canvas');
      Object.assign(copy, { width: source.width, height: source.height });
      const context = copy.getContext('2d')!;
      context.drawImage(source, 0, 0);
      const ratio = window.devicePixelRatio;
      const [a, b, c, d, e, f] = map as [number, number, number, number, number, number];
      return at.map(([x, y]) => {
        const left = Math.floor((a * x + c * y + e) * ratio);
        const top = Math.floor((b * x + d * y + f) * ratio);
        return context.getImageData(left, top, 1, 1).data[0]!;
      });
    },
    { at: points.map(([x, y]) => [x, y] as const), map: matrix },
  );
}

/** DICOM's linear function (PS3.3 C.11.2.1.2.1) to 8 bit, written out here once more, apart from the program's own. */
export function linearByte(value: number, level: number, width: number): number {
  if (value <= level - 0.5 - (width - 1) / 2) return 0;
  if (value > level - 0.5 + (width - 1) / 2) return 255;
  return Math.round(((value - (level - 0.5)) / (width - 1) + 0.5) * 255);
}
