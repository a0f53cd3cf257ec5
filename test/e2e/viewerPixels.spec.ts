import { expect, test, type Browser } from '@playwright/test';
import type { CtSeries } from '../helpers/ctFile.ts';
import {
  drawnGray,
  imageMatrix,
  linearByte,
  makeViewerProject,
  openViewer,
  type OpenViewer,
  type ViewerProject,
} from '../helpers/viewerPage.ts';

/** What stands on the canvas, against values worked out here from the stored ones: by the graphics card and by the processor. */
const base = { patient: 'PIXELS', rows: 96, columns: 128, slices: 1, spacing: [0.7, 0.7] as const };
const series: readonly CtSeries[] = [
  { ...base, name: 'rescale', slope: 2, intercept: -1024, value: (column, row) => column * 5 + row },
  { ...base, name: 'fractional', slope: 0.25, intercept: -300.5, value: (column, row) => column * 20 + row * 3 },
  { ...base, name: 'signed', signed: true, bitsStored: 12, value: (column, row) => column * 14 - 1000 + row },
  { ...base, name: 'inverse', photometric: 'MONOCHROME1', intercept: -1024, value: (column, row) => column * 9 + row },
  // Bands of 16 rows and columns, so that values in their middle are not those of neighbours at any enlargement.
  {
    ...base,
    name: 'oblong',
    spacing: [1.4, 0.7],
    signed: true,
    value: (column, row) => Math.floor(column / 16) * 100 - Math.floor(row / 16) * 60,
  },
];
/** The file's own window with another function than the linear one; one window wide, one narrow, one of fractional values. */
const ownWindows: readonly (CtSeries & {
  window: { level: number; width: number; function: 'LINEAR_EXACT' | 'SIGMOID' };
})[] = [
  {
    ...base,
    name: 'sigmoid',
    intercept: -1024,
    window: { level: 40, width: 400, function: 'SIGMOID' },
    value: (column, row) => 700 + column * 5 + row,
  },
  {
    ...base,
    name: 'sigmoid-narrow',
    slope: 0.25,
    intercept: -300.5,
    window: { level: -20.5, width: 33.3, function: 'SIGMOID' },
    value: (column, row) => 900 + column * 3 + row,
  },
  {
    ...base,
    name: 'exact',
    signed: true,
    window: { level: 50, width: 350, function: 'LINEAR_EXACT' },
    value: (column, row) => column * 5 - 200 + row,
  },
];
/** PS3.3 C.11.2.1.3.1 (sigmoid) and C.11.2.1.3.2 (exact linear), written out here once more, apart from the program's own. */
const ownByte = (value: number, { level, width, function: name }: (typeof ownWindows)[number]['window']): number =>
  name === 'SIGMOID'
    ? Math.round(255 / (1 + Math.exp((-4 * (value - level)) / width)))
    : value <= level - width / 2
      ? 0
      : value > level + width / 2
        ? 255
        : Math.round(((value - level) / width + 0.5) * 255);
const stack: CtSeries = {
  ...base,
  name: 'stack',
  slices: 3,
  intercept: -1024,
  value: (column, row, slice) => 800 + column * 3 + row + 60 * slice,
};
const hounsfield = (one: CtSeries, column: number, row: number): number =>
  one.value(column, row, 0) * (one.slope ?? 1) + (one.intercept ?? 0);

/** A grid over the picture, its corners included. */
const points = Array.from({ length: 12 }, (_, across) =>
  Array.from({ length: 9 }, (_down, down) => [Math.round((across * 127) / 11), Math.round((down * 95) / 8)] as const),
).flat();
const windows = [
  { key: '1', level: -600, width: 1500 },
  { key: '2', level: 50, width: 350 },
  { key: '6', level: 40, width: 80 },
];

let study: ViewerProject;
test.beforeAll(async () => {
  study = await makeViewerProject('pixels', [...series, ...ownWindows, stack]);
});
test.afterAll(() => study?.remove());

async function checkAll(opened: OpenViewer, renderer: 'gpu' | 'cpu'): Promise<void> {
  const { page, viewer } = opened;
  for (const one of series) {
    await opened.show(study.firstImage[one.name]!);
    await expect(viewer).toHaveAttribute('data-renderer', renderer);
    await page.keyboard.press('z');
    for (const { key, level, width } of windows) {
      await page.keyboard.press(key);
      await expect(viewer).toHaveAttribute('data-window-width', String(width));
      const at =
        one.name === 'oblong'
          ? points.map(([x, y]) => [Math.floor(x / 16) * 16 + 8, Math.floor(y / 16) * 16 + 8] as const)
          : points;
      const expected = at.map(([column, row]) => {
        const gray = linearByte(hounsfield(one, column, row), level, width);
        return one.photometric === 'MONOCHROME1' ? 255 - gray : gray;
      });
      expect(await drawnGray(viewer, at), `${one.name}, window ${key}`).toEqual(expected);
    }
    await page.keyboard.press('i');
    const [first] = points;
    const gray = linearByte(hounsfield(one, ...first!), 40, 80);
    const inverted = one.photometric === 'MONOCHROME1' ? gray : 255 - gray;
    if (one.name !== 'oblong') expect(await drawnGray(viewer, [first!])).toEqual([inverted]);
    await page.keyboard.press('r');
  }
}

/** The file's own function while its own window is shown; linear as soon as another is chosen; back with the window. */
async function checkOwnWindows({ page, viewer, show }: OpenViewer): Promise<void> {
  for (const one of ownWindows) {
    await show(study.firstImage[one.name]!);
    await page.keyboard.press('z');
    for (const key of ['0', '3', '0'] as const) {
      await page.keyboard.press(key);
      await expect(viewer).toHaveAttribute('data-window-width', String(key === '3' ? 400 : one.window.width));
      // Soft tissue is the sigmoid file's own window: chosen by its key it is still that file's.
      const own = key === '0' || (one.window.level === 40 && one.window.width === 400);
      const expected = points.map(([column, row]) => {
        const value = hounsfield(one, column, row);
        return own ? ownByte(value, one.window) : linearByte(value, 40, 400);
      });
      expect(await drawnGray(viewer, points), `${one.name}, ${key}`).toEqual(expected);
    }
    await page.keyboard.press('i');
    expect(await drawnGray(viewer, [points[40]!])).toEqual([
      255 - ownByte(hounsfield(one, ...points[40]!), one.window),
    ]);
    await page.keyboard.press('r');
  }
}

/** A window that somebody chose stays from slice to slice, and every slice is drawn in it. */
async function checkScrolling({ page, viewer, show }: OpenViewer): Promise<void> {
  await show(study.firstImage.stack!);
  await page.keyboard.press('z');
  await page.keyboard.press('2');
  for (const slice of [0, 1, 2]) {
    await expect(viewer).toHaveAttribute('data-slice-index', String(slice));
    await expect(viewer).toHaveAttribute('data-state', 'ready');
    await expect(viewer).toHaveAttribute('data-window-width', '350');
    const expected = points.map(([column, row]) => linearByte(stack.value(column, row, slice) - 1024, 50, 350));
    expect(await drawnGray(viewer, points), `slice ${slice}`).toEqual(expected);
    await page.keyboard.press('ArrowDown');
  }
}

async function checkGeometry(opened: OpenViewer): Promise<void> {
  const { page, viewer } = opened;
  await opened.show(study.firstImage.oblong!);
  await page.keyboard.press('z');
  const upright = await imageMatrix(viewer);
  expect([upright[0], upright[3]]).toEqual([1, 2]);
  await page.keyboard.press('2');
  const [one] = series.filter(({ name }) => name === 'oblong');
  const at = [
    [8, 8],
    [120, 8],
    [8, 88],
    [120, 88],
    [56, 40],
  ] as const;
  const expected = at.map(([column, row]) => linearByte(hounsfield(one!, column, row), 50, 350));
  // However it is turned, flipped, moved or enlarged, the value of a pixel is where the layers say that it is.
  for (const keys of [['.'], [','], ['.', ';'], ['Shift+ArrowLeft'], ['+'], ['f']]) {
    for (const key of keys) await page.keyboard.press(key);
    expect(await drawnGray(viewer, at), keys.join(' ')).toEqual(expected);
  }
  expect(await imageMatrix(viewer)).not.toEqual(upright);
}

async function withViewer(browser: Browser, work: (opened: OpenViewer) => Promise<void>): Promise<void> {
  const opened = await openViewer(browser, study);
  try {
    await work(opened);
    expect(opened.problems).toEqual([]);
  } finally {
    await opened.close();
  }
}

test('the graphics card draws every value exactly: rescale, fractions, signed data, MONOCHROME1, oblong pixels', async ({
  browser,
}) => {
  await withViewer(browser, async (opened) => {
    await checkAll(opened, 'gpu');
    await checkOwnWindows(opened);
    await checkScrolling(opened);
    await checkGeometry(opened);
  });
});

test('the processor draws the same where there is no WebGL, and keeps the window while one scrolls', async ({
  browserName,
  playwright,
  launchOptions,
}) => {
  const browser = await playwright[browserName].launch({
    ...launchOptions,
    args: [...(launchOptions.args ?? []), '--disable-gpu', '--disable-software-rasterizer', '--disable-3d-apis'],
  });
  try {
    await withViewer(browser, async (opened) => {
      await checkAll(opened, 'cpu');
      await checkOwnWindows(opened);
      await checkScrolling(opened);
      await checkGeometry(opened);
    });
  } finally {
    await browser.close();
  }
});

test('a graphics card that takes its context back is replaced by the processor, with no blank picture in between', async ({
  browser,
}) => {
  const opened = await openViewer(browser, study);
  const { page, viewer } = opened;
  try {
    // Every drawing context that the page makes is remembered, so that it can be lost.
    await page.addInitScript(() => {
      const contexts: unknown[] = [];
      Reflect.set(globalThis, 'webglContexts', contexts);
      const original = Reflect.get(HTMLCanvasElement.prototype, 'getContext') as (...given: unknown[]) => unknown;
      Reflect.set(HTMLCanvasElement.prototype, 'getContext', function (this: HTMLCanvasElement, ...given: unknown[]) {
        const context = original.apply(this, given);
        if (String(given[0]).startsWith('webgl') && context !== null) contexts.push(context);
        return context;
      });
    });
    await page.reload();
    const one = series[0]!;
    await opened.show(study.firstImage[one.name]!);
    await expect(viewer).toHaveAttribute('data-renderer', 'gpu');
    await page.keyboard.press('z');
    await page.keyboard.press('2');
    const expected = points.map(([column, row]) => linearByte(hounsfield(one, column, row), 50, 350));
    expect(await drawnGray(viewer, points)).toEqual(expected);
    const blanks = await viewer.evaluate(async (pane) => {
      let blank = 0;
      for (const context of Reflect.get(globalThis, 'webglContexts') as WebGL2RenderingContext[]) {
        context.getExtension('WEBGL_lose_context')?.loseContext();
      }
      for (let frame = 0; frame < 60; frame += 1) {
        await new Promise((done) => requestAnimationFrame(done));
        const canvas = pane.querySelector<HTMLCanvasElement>('.picture canvas');
        const copy = document.createElement('canvas');
        Object.assign(copy, { width: canvas?.width || 1, height: canvas?.height || 1 });
        const context = copy.getContext('2d')!;
        if (canvas) context.drawImage(canvas, 0, 0);
        const { data } = context.getImageData(0, 0, copy.width, copy.height);
        if (!data.some((value, at) => at % 4 === 0 && value > 0)) blank += 1;
      }
      return blank;
    });
    expect(blanks).toBe(0);
    await expect(viewer).toHaveAttribute('data-renderer', 'cpu');
    expect(await drawnGray(viewer, points)).toEqual(expected);
    await page.keyboard.press('6');
    expect(await drawnGray(viewer, points)).toEqual(
      points.map(([column, row]) => linearByte(hounsfield(one, column, row), 40, 80)),
    );
  } finally {
    await opened.close();
  }
});
