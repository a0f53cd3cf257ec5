import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from '../helpers/accessibility.ts';
import { alone, thick, thin } from '../helpers/blockSeries.ts';
import {
  drawnGray,
  imageMatrix,
  linearByte,
  makeViewerProject,
  onScreen,
  openViewer,
  type OpenViewer,
  type ViewerProject,
} from '../helpers/viewerPage.ts';

/** Words over the picture, panes, planes, fingers and keys of one's own. */
test.describe.configure({ mode: 'serial' });

let study: ViewerProject;
let opened: OpenViewer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  study = await makeViewerProject('panes', [thick, thin, alone]);
  opened = await openViewer(browser, study, { hasTouch: true });
  page = opened.page;
  await opened.show(study.firstImage.thick!);
});
test.afterAll(async () => {
  await opened?.close();
  study?.remove();
});

const viewer = () => opened.viewer;
const pane = (number: number) => page.locator('.pane').nth(number);
const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
const attribute = (name: string) => viewer().getAttribute(`data-${name}`);

test('words over the picture: directions, position, scale, and the patient only when asked for', async () => {
  const overlay = page.getByTestId('overlay');
  const edges = () =>
    Promise.all(
      ['left', 'right', 'top', 'bottom'].map((edge) => overlay.locator(`[data-edge="${edge}"]`).textContent()),
    );
  expect(await edges()).toEqual(['R', 'L', 'A', 'P']);
  await press('.');
  expect(await edges()).toEqual(['P', 'A', 'R', 'L']);
  await press('r');
  await expect(page.getByTestId('slice-position')).toHaveText('H 0.0 mm');
  const bar = page.getByTestId('scale-bar');
  const length = /^([\d.]+) (cm|mm)$/.exec((await bar.innerText()).trim())!;
  const millimetres = Number(length[1]) * (length[2] === 'cm' ? 10 : 1);
  const perPixel = (await imageMatrix(viewer()))[0]!;
  expect((await bar.boundingBox())!.width).toBeCloseTo((millimetres / 0.8) * perPixel, 0);
  const inside = await onScreen(viewer(), [60, 50]);
  await page.mouse.move(inside.x, inside.y);
  await expect(page.getByTestId('value-under-pointer')).toHaveText('100 HU at 60, 50');
  await expect(overlay).not.toContainText('TOOLS');
  await press('Shift+p');
  await expect(overlay).toContainText('TOOLS, Test');
  await expect(overlay).toContainText('1960-01-02');
  await press('Shift+p', 'o');
  await expect(overlay).toHaveCount(0);
  await press('o');
  await expect(overlay).not.toContainText('TOOLS');
});

test('magnifier, playing, key images', async () => {
  await press('x');
  const at = await onScreen(viewer(), [60, 50]);
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await expect(page.getByTestId('magnifier')).toBeVisible();
  await page.mouse.up();
  await expect(page.getByTestId('magnifier')).toHaveCount(0);
  await press('w', 'Space');
  await expect(viewer()).not.toHaveAttribute('data-slice-index', '0');
  // Stopped by Escape; Space on a field that it ticks or opens does that and plays nothing.
  await press('Escape');
  await expect(page.locator('[data-command="cine"]')).toHaveAttribute('aria-pressed', 'false');
  const advance = page.getByRole('checkbox', { name: /go to the next image without one/ });
  const ticked = await advance.isChecked();
  await advance.focus();
  await press('Space');
  await expect(advance).toBeChecked({ checked: !ticked });
  await press('Space');
  await expect(page.locator('[data-command="cine"]')).toHaveAttribute('aria-pressed', 'false');
  await viewer().focus();
  await press('Home', 'k', 'End', 'k', 'Home');
  await press('Shift+k');
  await expect(viewer()).toHaveAttribute('data-slice-index', '11');
  await press('k', 'Shift+k');
  await expect(viewer()).toHaveAttribute('data-slice-index', '0');
});

test('a slice that cannot be loaded says so in its pane; the others go on, as large as before', async () => {
  await press('r', 'Home', '+', '+');
  const zoom = await attribute('zoom');
  const broken = study.firstImage.thick! + 5;
  const kept = await page.context().newCDPSession(page);
  await kept.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.route(`**/images/${broken}/pixels*`, (route) => route.fulfill({ status: 500, body: '' }));
  await page.reload();
  await opened.show(study.firstImage.thick! + 4);
  await press('+', '+');
  await press('ArrowDown');
  await expect(viewer()).toHaveAttribute('data-state', 'error');
  await expect(viewer()).toHaveAttribute('data-slice-index', '5');
  await press('ArrowDown');
  await expect(viewer()).toHaveAttribute('data-state', 'ready');
  await expect(viewer()).toHaveAttribute('data-slice-index', '6');
  expect(await attribute('zoom')).toBe(zoom);
  await page.unroute(`**/images/${broken}/pixels*`);
  await press('ArrowUp');
  await expect(viewer()).toHaveAttribute('data-state', 'ready');
  await kept.detach();
  // The browser tells its console of the answer that was made to fail, once when it was loaded ahead and once when it was wanted.
  expect(opened.problems.splice(0).filter((one) => !one.includes('500'))).toEqual([]);
  await press('r', 'Home');
});

test('two and four panes, scrolled together by position and windowed together', async () => {
  await press('8');
  await expect(page.locator('.pane')).toHaveCount(2);
  await expect(pane(1)).toHaveAttribute('data-slice-count', '40');
  // Opened where the first pane is: both at the feet.
  await expect(pane(1)).toHaveAttribute('data-slice-index', '0');
  await viewer().focus();
  await press('Home', 'ArrowDown', 'ArrowDown', 'ArrowDown');
  await expect(pane(0)).toHaveAttribute('data-slice-index', '3');
  // 30 mm in slices that are 3 mm apart.
  await expect(pane(1)).toHaveAttribute('data-slice-index', '10');
  await press('2');
  await expect(pane(1)).toHaveAttribute('data-window-width', '350');
  await press('s', 'ArrowDown', 'Shift+s', '6');
  await expect(pane(0)).toHaveAttribute('data-slice-index', '4');
  await expect(pane(1)).toHaveAttribute('data-slice-index', '10');
  await expect(pane(1)).toHaveAttribute('data-window-width', '350');
  await press('Shift+w', 'End');
  await expect(pane(1)).toHaveAttribute('data-slice-index', '39');
  await press('s', 'Shift+s', '9');
  await expect(page.locator('.pane')).toHaveCount(4);
  await expectAccessible(page);
  await press('7');
  await expect(page.locator('.pane')).toHaveCount(1);
});

test('three planes of a volume, exact and linked by their crosshair; the reason where there are none', async () => {
  await press('r', 'Home', 'Shift+m');
  await expect(page.locator('.pane')).toHaveCount(3);
  await expect(pane(1)).toHaveAttribute('data-slice-count', '120');
  await expect(pane(2)).toHaveAttribute('data-slice-count', '160');
  await expect(pane(1)).toHaveAttribute('data-state', 'ready');
  const corner = await onScreen(pane(0), [50, 40]);
  await page.keyboard.down('Shift');
  await page.mouse.click(corner.x, corner.y);
  await page.keyboard.up('Shift');
  await expect(pane(1)).toHaveAttribute('data-slice-index', '40');
  await expect(pane(2)).toHaveAttribute('data-slice-index', '50');
  // Coronal through row 40: slices from head to feet, each 1 HU brighter towards the head.
  await expect(pane(1)).toHaveAttribute('data-state', 'ready');
  await pane(1).focus();
  await press('Shift+c');
  await expect(pane(1)).toHaveAttribute('data-tool', 'crosshair');
  await press('Escape');
  await expect(pane(1)).toHaveAttribute('data-tool', 'window');
  await press('6');
  const width = Number(await pane(1).getAttribute('data-window-width'));
  const level = Number(await pane(1).getAttribute('data-window-level'));
  expect([width, level]).toEqual([80, 40]);
  await press('5');
  expect(
    await drawnGray(pane(1), [
      [60, 0],
      [60, 11],
      [20, 5],
    ]),
  ).toEqual([111, 100, -44].map((value) => linearByte(value, 90, 150)));
  await press('Shift+m');
  await expect(page.locator('.pane')).toHaveCount(1);
  await opened.show(study.firstImage.alone!);
  await press('Shift+m');
  await expect(page.getByText('The series has fewer than 3 slices.')).toBeVisible();
});

test('fingers: one drags the window, two enlarge and move, three scroll', async () => {
  await opened.show(study.firstImage.thick!);
  const session = await page.context().newCDPSession(page);
  const box = (await viewer().boundingBox())!;
  const gesture = async (from: readonly (readonly [number, number])[], to: readonly (readonly [number, number])[]) => {
    const at = (points: readonly (readonly [number, number])[]) =>
      points.map(([x, y], id) => ({ x: box.x + x, y: box.y + y, id }));
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from) });
    await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(to) });
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  const width = Number(await attribute('window-width'));
  await gesture([[200, 200]], [[260, 200]]);
  expect(Number(await attribute('window-width'))).toBeGreaterThan(width);
  const zoom = Number(await attribute('zoom'));
  await gesture(
    [
      [200, 200],
      [300, 200],
    ],
    [
      [150, 200],
      [350, 200],
    ],
  );
  expect(Number(await attribute('zoom'))).toBeCloseTo(zoom * 2, 1);
  await gesture(
    [
      [200, 200],
      [250, 200],
      [300, 200],
    ],
    [
      [200, 240],
      [250, 240],
      [300, 240],
    ],
  );
  await expect(viewer()).toHaveAttribute('data-slice-index', '3');
  await press('r');
});

test('keys are changed in the sheet; conflicts are named; they last, and go back to what they were', async () => {
  await press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await expect(sheet).toContainText('Mediastinum window');
  const row = sheet.locator('[data-command="invert"]');
  const give = async (key: string) => {
    await row.getByRole('button', { name: /^Key for Invert/ }).click();
    await expect(row).toContainText('Press a key…');
    await press(key);
    await expect(row).not.toContainText('Press a key…');
  };
  await give('f');
  await expect(row).toContainText('Also: Fit to the pane');
  await expect(sheet.locator('[data-command="fit"]')).toContainText('Also: Invert');
  await give('n');
  await expect(row).toContainText('Also: in Images: the next image without a label, in Review: disagree');
  await give('Shift+i');
  await expect(row).not.toContainText('Also');
  await expectAccessible(page);
  await give('Escape');
  await expect(sheet).toBeVisible();
  await expect(row).toContainText('Shift+i');
  await page.reload();
  await opened.show(study.firstImage.thick!);
  await press('i');
  await expect(viewer()).toHaveAttribute('data-inverted', 'false');
  await press('Shift+i');
  await expect(viewer()).toHaveAttribute('data-inverted', 'true');
  await page.goto(`${new URL(page.url()).origin}/#/settings`);
  const panel = page.getByRole('region', { name: 'Keys of the viewer' });
  await panel.locator('[data-command="invert"]').getByRole('button', { name: 'The usual key for Invert' }).click();
  await expect(panel.locator('[data-command="invert"]').getByRole('button')).toHaveText('i');
  await panel.locator('[data-command="fit"]').getByRole('button').click();
  await press('Shift+f');
  await panel.getByRole('button', { name: 'All keys as they were' }).click();
  await expect(panel.locator('[data-command="fit"]').getByRole('button')).toHaveText('f');
  await expectAccessible(page);
  await opened.show(study.firstImage.thick!);
  await press('i');
  await expect(viewer()).toHaveAttribute('data-inverted', 'true');
  await press('f');
  expect(opened.problems).toEqual([]);
});
