import { expect, test } from '@playwright/test';
import sharp from 'sharp';
import { openProjectStore } from '../../src-main/store/index.ts';
import { heatMapFactsHeader } from '../../src-shared/contract/heatmaps.ts';
import { addMadeRun } from '../helpers/madeRun.ts';
import { makeViewerProject, openViewer, type OpenViewer, type ViewerProject } from '../helpers/viewerPage.ts';

/**
 * What the model sees and the heat map lie where the picture is, however it is turned, mirrored, enlarged and moved: found on screenshots,
 * by the middle of a square in the picture and of the layer's own trace of it. On a screen of 1.5 device pixels to a CSS pixel.
 */
test.describe.configure({ mode: 'serial' });

const [columns, rows] = [280, 224];
/** Cells of a heat map along an edge: an input of 224 pixels, 16 to a cell. */
const edge = 14;
/** The square is this cell: 20 × 16 pixels of the picture, off its middle both ways. */
const cell = { column: 9, row: 3 };
const scale = 1.5;

let study: ViewerProject;
let opened: OpenViewer;

test.beforeAll(async ({ browser }) => {
  const series = (number: number) => ({
    name: `series-${number}`,
    patient: `LAYERS-${number}`,
    rows,
    columns,
    slices: 1,
    spacing: [0.8, 0.8] as const,
    intercept: -2000,
    value: (column: number, row: number) =>
      Math.floor(column / 20) === cell.column && Math.floor(row / 16) === cell.row ? 1400 : 0,
  });
  study = await makeViewerProject('layers', [series(1), series(2)]);
  const store = openProjectStore(study.project);
  const [first, second] = [store.classes.ensureClass('Marked'), store.classes.ensureClass('Clear')];
  store.database.prepare('UPDATE images SET class_id = ? WHERE id = 1').run(first);
  store.database.prepare('UPDATE images SET class_id = ? WHERE id = 2').run(second);
  const at = '2026-03-02T09:00:00.000Z';
  const sets = new Map([1, 2].map((id) => [id, 'validation' as const]));
  store.splits.save({ method: 'import', ratio: null, seed: null, author: 'test', at, sets });
  addMadeRun(store, ({ place }) => 0.7 - 0.4 * place);
  store.close();
  opened = await openViewer(browser, study, { deviceScaleFactor: scale });
  await standInHeatMap();
  await opened.page.reload();
  await opened.show(study.firstImage['series-1']!);
  // Nothing but the picture.
  await opened.page.keyboard.press('o');
});
test.afterAll(async () => {
  await opened?.close();
  study?.remove();
});

/** The run has no model: its one map is hot in the square's cell and nowhere else. */
async function standInHeatMap(): Promise<void> {
  const { page } = opened;
  const values = new Float32Array(edge ** 2);
  values[cell.row * edge + cell.column] = 1;
  const facts = {
    method: 'gradCam',
    class: 0,
    className: 'Marked',
    edge,
    imageSize: 224,
    minimum: 0,
    maximum: 1,
    score: 1,
  };
  await page.route('**/heatmaps/**', (route) =>
    route.fulfill({
      body: Buffer.from(values.buffer),
      headers: { [heatMapFactsHeader]: encodeURIComponent(JSON.stringify(facts)) },
    }),
  );
  const model = { run: 'run-1', classes: ['Marked', 'Clear'], positive: 0, edge, imageSize: 224 };
  await page.route('**/rpc/heatmaps/model', (route) => route.fulfill({ json: { json: model } }));
  await page.route('**/rpc/heatmaps/agreement', (route) => route.fulfill({ json: { json: { correlation: null } } }));
}

/** Middle of the pixels of the pane that fit, in CSS pixels, and how many there are. */
async function middleOf(fits: (red: number, green: number, blue: number) => boolean) {
  const shot = await opened.viewer.screenshot();
  const { data, info } = await sharp(shot).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let [x, y, sum, count] = [0, 0, 0, 0];
  // The frame around the pane in focus is no part of the picture.
  const border = 4;
  for (let row = border; row < info.height - border; row += 1) {
    for (let column = border; column < info.width - border; column += 1) {
      const at = (row * info.width + column) * 3;
      if (!fits(data[at]!, data[at + 1]!, data[at + 2]!)) continue;
      // Weighed by brightness: the input is coarser, and its edges are shades between.
      const weight = data[at]!;
      x += weight * (column + 0.5);
      y += weight * (row + 0.5);
      sum += weight;
      count += 1;
    }
  }
  return { x: x / sum / scale, y: y / sum / scale, count };
}
const isGray = (red: number, green: number, blue: number) =>
  red > 8 && Math.abs(red - blue) < 12 && Math.abs(red - green) < 12;
const isHot = (red: number, _green: number, blue: number) => red - blue > 40;

for (const [words, keys] of [
  ['as it is', []],
  ['turned by 90°', ['.']],
  ['turned and mirrored', [',']],
  ['turned, mirrored both ways', [';']],
  ['turned further and enlarged', ['.', '+', '+']],
  ['and moved', ['Shift+ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowUp']],
  ['one to one', ['z']],
] as const) {
  test(`input and heat map lie on the picture ${words}`, async () => {
    const { page, viewer } = opened;
    for (const key of keys) await page.keyboard.press(key);
    const zoom = Number(await viewer.getAttribute('data-zoom'));
    const square = await middleOf(isGray);
    // The square itself: 20 × 16 pixels; the zoom counts pixels of the screen.
    expect(Math.abs(square.count / (320 * zoom ** 2) - 1)).toBeLessThan(0.1);
    await page.keyboard.press('m');
    await expect(viewer).toHaveAttribute('data-model-view', 'true');
    const input = page.getByTestId('model-input');
    await expect(input).toHaveAttribute('data-image-id', '1');
    expect(
      await input.evaluate((canvas) => [(canvas as HTMLCanvasElement).width, (canvas as HTMLCanvasElement).height]),
    ).toEqual([64, 64]);
    const seen = await middleOf(isGray);
    await page.keyboard.press('m');
    await page.keyboard.press('h');
    await expect(page.getByTestId('heat-map')).toBeVisible();
    const hot = await middleOf(isHot);
    await page.keyboard.press('h');
    expect(hot.count).toBeGreaterThan(100);
    for (const one of [seen, hot]) {
      // Within a pixel of the picture.
      expect(Math.hypot(one.x - square.x, one.y - square.y), JSON.stringify({ square, seen, hot })).toBeLessThan(
        Math.max(1, zoom / scale),
      );
    }
  });
}

test('another image has its own input, and no heat map until its own is there', async () => {
  const { page, viewer } = opened;
  const go = (image: number) =>
    page.getByRole('listbox', { name: 'Thumbnails' }).locator(`[data-image-id="${image}"]`).click();
  await page.keyboard.press('m');
  await expect(page.getByTestId('model-input')).toHaveAttribute('data-image-id', '1');
  await go(2);
  await expect(viewer).toHaveAttribute('data-image-id', '2');
  await expect(page.getByTestId('model-input')).toHaveAttribute('data-image-id', '2');
  await viewer.focus();
  await page.keyboard.press('m');
  await page.keyboard.press('h');
  await expect(page.getByTestId('heat-map')).toBeVisible();
  let answer = (): void => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/heatmaps/run-1/1?**', async (route) => {
    await held;
    await route.fallback();
  });
  await go(1);
  await expect(viewer).toHaveAttribute('data-image-id', '1');
  await expect(page.getByTestId('heat-map')).toHaveCount(0);
  answer();
  await expect(page.getByTestId('heat-map')).toBeVisible();
  expect(opened.problems).toEqual([]);
});
