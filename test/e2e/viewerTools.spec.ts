import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from '../helpers/accessibility.ts';
import { alone, thick, thin } from '../helpers/blockSeries.ts';
import {
  drag,
  imageMatrix,
  makeViewerProject,
  onScreen,
  openViewer,
  type OpenViewer,
  type ViewerProject,
} from '../helpers/viewerPage.ts';

/** Slices, window, position and measurements, on shapes whose size and values are known. */
test.describe.configure({ mode: 'serial' });

let study: ViewerProject;
let opened: OpenViewer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  study = await makeViewerProject('tools', [thick, thin, alone]);
  opened = await openViewer(browser, study, { hasTouch: true });
  page = opened.page;
  await opened.show(study.firstImage.thick!);
});
test.afterAll(async () => {
  await opened?.close();
  study?.remove();
});

const viewer = () => opened.viewer;
const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
const attribute = (name: string) => viewer().getAttribute(`data-${name}`);
const values = (kind: string) => page.locator(`[data-kind="${kind}"] .words tspan`).allTextContents();

test('slices by wheel and key, never blank on the way', async () => {
  const seen = viewer().evaluate(async (element) => {
    const canvas = element.querySelector<HTMLCanvasElement>('.picture canvas')!;
    const copy = document.createElement('canvas');
    Object.assign(copy, { width: 1, height: 1 });
    const context = copy.getContext('2d', { willReadFrequently: true })!;
    let darkest = 255;
    for (let frame = 0; frame < 60; frame += 1) {
      await new Promise((done) => requestAnimationFrame(done));
      context.drawImage(canvas, canvas.width / 2, canvas.height / 2, 1, 1, 0, 0, 1, 1);
      darkest = Math.min(darkest, context.getImageData(0, 0, 1, 1).data[0]!);
    }
    return darkest;
  });
  await viewer().hover();
  for (const [key, index] of [
    ['ArrowDown', 1],
    ['ArrowRight', 2],
    ['ArrowUp', 1],
    ['PageDown', 11],
    ['Home', 0],
    ['End', 11],
    ['PageUp', 1],
  ] as const) {
    await press(key);
    await expect(viewer()).toHaveAttribute('data-slice-index', String(index));
  }
  await page.mouse.wheel(0, 120);
  await expect(viewer()).toHaveAttribute('data-slice-index', '2');
  await press('Home');
  await expect(viewer()).toHaveAttribute('data-slice-index', '0');
  // Faster than slices are drawn: no step is lost.
  await viewer().evaluate((element) => {
    for (let step = 0; step < 5; step += 1)
      element.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }));
  });
  await expect(viewer()).toHaveAttribute('data-slice-index', '5');
  await expect(viewer()).toHaveAttribute('data-state', 'ready');
  await press('Home');
  // −50 HU in the file's window is not black: a blank canvas would be.
  expect(await seen).toBeGreaterThan(0);
});

test('window by dragging, by key and the file’s own', async () => {
  await expect(viewer()).toHaveAttribute('data-window-width', '400');
  await drag(page, viewer(), [30, 60], [60, 80]);
  expect(Number(await attribute('window-width'))).toBeGreaterThan(400);
  expect(Number(await attribute('window-level'))).toBeGreaterThan(40);
  for (const [key, width, level] of [
    ['1', 1500, -600],
    ['2', 350, 50],
    ['3', 400, 40],
    ['4', 2500, 480],
    ['5', 150, 90],
    ['6', 80, 40],
  ] as const) {
    await press(key);
    await expect(viewer()).toHaveAttribute('data-window-width', String(width));
    await expect(viewer()).toHaveAttribute('data-window-level', String(level));
  }
  // The window stays from slice to slice, and 0 takes the file's again.
  await press('ArrowDown');
  await expect(viewer()).toHaveAttribute('data-window-width', '80');
  await press('0', 'Home');
  await expect(viewer()).toHaveAttribute('data-window-width', '400');
});

test('move, enlarge, turn, flip, invert, one to one, fit, reset', async () => {
  const start = await imageMatrix(viewer());
  const box = (await viewer().boundingBox())!;
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const dragWith = async (button: 'middle' | 'right', x: number, y: number) => {
    await page.mouse.move(centre.x, centre.y);
    await page.mouse.down({ button });
    await page.mouse.move(centre.x + x, centre.y + y, { steps: 3 });
    await page.mouse.up({ button });
  };
  await dragWith('middle', 30, -20);
  const moved = await imageMatrix(viewer());
  expect([moved[4]! - start[4]!, moved[5]! - start[5]!]).toEqual([expect.closeTo(30, 3), expect.closeTo(-20, 3)]);
  const zoom = Number(await attribute('zoom'));
  await dragWith('right', 0, -60);
  expect(Number(await attribute('zoom'))).toBeGreaterThan(zoom * 1.3);
  await press('.');
  await expect(viewer()).toHaveAttribute('data-turn', '0 -1 1 0');
  await press(',', ';');
  await expect(viewer()).toHaveAttribute('data-turn', '0 1 -1 0');
  await press('i');
  await expect(viewer()).toHaveAttribute('data-inverted', 'true');
  await press('z');
  await expect(viewer()).toHaveAttribute('data-zoom', '1');
  await press('+', '=', '-', 'Shift+ArrowUp', 'Shift+ArrowDown', 'Shift+ArrowLeft', 'Shift+ArrowRight', 'f');
  expect(Number(await attribute('zoom'))).toBeGreaterThan(2);
  await press('r');
  await expect(viewer()).toHaveAttribute('data-inverted', 'false');
  await expect(viewer()).toHaveAttribute('data-turn', '1 0 0 1');
  expect(await imageMatrix(viewer())).toEqual(start.map((one) => expect.closeTo(one, 6)));
});

test('measurements have the size and the values of the shapes', async () => {
  await press('l');
  await drag(page, viewer(), [100, 40], [140, 70]);
  expect(await values('length')).toEqual([expect.stringMatching(/^\s*40\.0 mm\s*$/)]);
  await press('t');
  await drag(page, viewer(), [44.5, 34.5], [74.5, 64.5]);
  expect((await values('rectangle')).join(' ')).toMatch(
    /Mean 100\.0 {2}SD 0\.0 HU .*Min 100 {2}Max 100 HU .*576\.0 mm² {2}900 pixels/,
  );
  await press('e');
  await drag(page, viewer(), [100, 80], [140, 100]);
  expect((await values('ellipse')).join(' ')).toMatch(/Mean −50\.0 {2}SD 0\.0 HU .*402\.1 mm²/);
  await press('d');
  await drag(page, viewer(), [90, 20], [130, 20]);
  expect((await values('bidirectional')).join()).toContain('32.0 × 16.0 mm');
  await press('a');
  await drag(page, viewer(), [140, 117], [140, 105]);
  const third = await onScreen(viewer(), [155, 105]);
  await page.mouse.move(third.x, third.y);
  await page.mouse.down();
  await page.mouse.up();
  expect((await values('angle')).join()).toContain('90.0°');
  await press('p');
  const point = await onScreen(viewer(), [50, 40]);
  await page.mouse.click(point.x, point.y);
  expect((await values('probe')).join(' ')).toMatch(/100 HU .*50, 40/);
  await press('Escape');
  await expect(viewer()).toHaveAttribute('data-tool', 'window');
});

test('what was begun on one slice, or with one tool, is not finished on another', async () => {
  const draft = viewer().locator('g.one[aria-hidden="true"]');
  for (const key of ['ArrowDown', 'l']) {
    await press('a');
    await drag(page, viewer(), [15, 110], [15, 90]);
    await expect(draft).toHaveCount(1);
    await press(key);
    await expect(draft).toHaveCount(0);
    const third = await onScreen(viewer(), [30, 90]);
    await page.mouse.click(third.x, third.y);
    await press('Home', 'Escape');
  }
  await expect(page.locator('[data-kind="angle"]')).toHaveCount(1);
});

test('the value under the mouse is that of the pixel there, also after the picture moved beneath it', async () => {
  const at = await onScreen(viewer(), [60, 50]);
  await page.mouse.move(at.x, at.y);
  await expect(page.getByTestId('value-under-pointer')).toContainText('at 60, 50');
  await press('.');
  const [a, b, c, d, e, f] = (await imageMatrix(viewer())) as [number, number, number, number, number, number];
  const box = (await viewer().boundingBox())!;
  const [x, y] = [at.x - box.x - e, at.y - box.y - f];
  const determinant = a * d - b * c;
  const [column, row] = [(d * x - c * y) / determinant, (a * y - b * x) / determinant].map(Math.round);
  expect([column, row]).not.toEqual([60, 50]);
  await expect(page.getByTestId('value-under-pointer')).toContainText(`at ${column}, ${row}`);
  await press('r');
});

test('an ellipse partly outside has the values of what lies inside, also where the picture is turned', async () => {
  await press('.', '-', 'e');
  await drag(page, viewer(), [-20, 90], [20, 110]);
  expect((await values('ellipse')).join(' ')).toMatch(/Mean −50\.0 .*partly outside/);
  // The hand at the right end of its axis, in the turned picture.
  await drag(page, viewer(), [20, 100], [30, 100]);
  expect((await values('ellipse')).join(' ')).toContain('502.7 mm²');
  await press('Delete', 'r', 'Escape');
  await expect(page.locator('[data-kind="ellipse"]')).toHaveCount(1);
});

test('undo, redo, hands by key, and all of it there again after a restart', async ({ browser }) => {
  await press('Control+z');
  await expect(page.locator('[data-kind="ellipse"]')).toHaveCount(2);
  await press('Control+y');
  await expect(page.locator('[data-kind="ellipse"]')).toHaveCount(1);
  await press('Control+z');
  await expect(page.locator('[data-kind="ellipse"]')).toHaveCount(2);
  await press('Control+Shift+z');
  await expect(page.locator('[data-kind="ellipse"]')).toHaveCount(1);
  const hand = page.locator('[data-kind="length"]').getByRole('button', { name: 'Length, point 2 of 2' });
  await hand.focus();
  await press('Shift+ArrowRight');
  expect((await values('length')).join()).toContain('46.6 mm');
  await press('ArrowLeft');
  await viewer().focus();
  await press('Control+z', 'Control+z');
  expect((await values('length')).join()).toContain('40.0 mm');
  await press('l', 'Enter');
  await expect(page.locator('[data-kind="length"]')).toHaveCount(2);
  await press('Delete', 'Escape', 'k');
  await expect(page.locator('[data-kind="length"]')).toHaveCount(1);
  await page.getByRole('button', { name: '6 measurements' }).click();
  await expect(page.getByRole('button', { name: 'Remove Probe on slice 1' })).toBeVisible();
  await page.keyboard.press('Escape');
  expect(opened.problems).toEqual([]);
  await opened.close();
  opened = await openViewer(browser, study, { hasTouch: true });
  page = opened.page;
  await opened.show(study.firstImage.thick!);
  await expect(page.locator('[data-measurement]')).toHaveCount(6);
  expect((await values('length')).join()).toContain('40.0 mm');
  await expect(page.getByTestId('overlay')).toContainText('key image');
  await expectAccessible(page);
});
