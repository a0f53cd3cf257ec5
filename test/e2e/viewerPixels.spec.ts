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
  study = await makeViewerProject('pixels', series);
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
      await checkGeometry(opened);
    });
  } finally {
    await browser.close();
  }
});
