import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from '../helpers/accessibility.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { addMadeRuns, importedProject } from '../helpers/evaluatedProject.ts';
import { startLoopback, type Loopback } from '../helpers/loopback.ts';

/** Results and comparison of runs whose predictions are made up: every mark opens its images, the operating point is frozen on purpose. */
test.describe.configure({ mode: 'serial' });

const folder = temporaryFolder('e2e-results');
let loopback: Loopback;
let page: Page;
const problems: string[] = [];

test.beforeAll(async ({ browser }) => {
  const project = await importedProject(folder.path, 'Results', { patients: 16, slices: 4 });
  addMadeRuns(project, 3, { tested: true });
  addMadeRuns(project, 1);
  loopback = await startLoopback(folder.path, '--project', project.path);
  page = await browser.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(loopback.address);
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Results/ })
    .click();
});

test.afterAll(async () => {
  await page?.close();
  await loopback?.stop();
  folder.remove();
});

const total = () => page.getByRole('grid', { name: /Predictions|Worklist/ });
const back = async () => {
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Confusion matrix' })).toBeVisible();
};
/** The first number in a text such as "0.3–0.4: 7 images". */
const numberAfter = (text: string | null, before: RegExp) => Number(before.exec(text ?? '')?.[1]);

test('every figure stands with its interval and n, per image and per patient', async () => {
  await expect(page.getByRole('heading', { name: 'Results' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Run' }).selectOption('run-4');
  const auc = page.getByRole('row', { name: /^AUC/ });
  await expect(auc).toContainText(/0\.\d\d \[0\.\d\d, [01]\.\d\d\]/);
  await expect(auc).toContainText('few');
  const table = page.getByRole('region', { name: 'Figures' }).getByRole('table');
  const before = await table.textContent();
  await page.getByLabel('Probability of a patient').selectOption('max');
  await expect(table).not.toHaveText(before!);
  await expectAccessible(page);
});

test('a cell, a bar, a bin, a point of the curve and a subgroup open as many images as they say', async () => {
  const cell = page.getByRole('button', { name: /true positive/ });
  const inCell = numberAfter(await cell.textContent(), /^\s*(\d+)/);
  await cell.click();
  await expect(total()).toHaveAttribute('data-total', String(inCell));
  await back();

  await page.getByText('Bins: open their images').click();
  const bin = page.getByRole('button', { name: /: [1-9]\d* images?, observed/ }).first();
  const inBin = numberAfter(await bin.textContent(), /: (\d+) image/);
  await bin.click();
  await expect(total()).toHaveAttribute('data-total', String(inBin));
  await back();

  await page.getByText('Bars: open their images').click();
  const bar = page.getByRole('button', { name: /: [1-9]\d* Ground glass$/ }).first();
  const inBar = numberAfter(await bar.textContent(), /: (\d+) Ground/);
  await bar.click();
  await expect(total()).toHaveAttribute('data-total', String(inBar));
  await back();

  await page.getByText('Points of the curve').click();
  await page
    .getByRole('button', { name: /^≥ 0\.\d+: sensitivity/ })
    .first()
    .click();
  await expect(total()).toHaveAttribute('data-total', /^[1-9]/);
  await back();

  const level = page.getByRole('row', { name: /^Sex / }).first();
  const inLevel = numberAfter(await level.textContent(), /(\d+) \(/);
  await level.getByRole('button').click();
  await expect(total()).toHaveAttribute('data-total', String(inLevel));
  await back();
});

test('a click on the ROC curve itself opens images', async () => {
  const chart = page.getByRole('figure', { name: 'ROC curve' }).locator('canvas').first();
  await chart.scrollIntoViewIfNeeded();
  const box = (await chart.boundingBox())!;
  // Along the left edge of the grid, where the curve climbs.
  for (const share of [0.5, 0.4, 0.6, 0.3, 0.7]) {
    await chart.click({ position: { x: 54, y: box.height * share } });
    if (page.url().includes('/review')) break;
  }
  await expect(total()).toHaveAttribute('data-total', /^[1-9]/);
  await back();
});

test('the operating point is moved by keys and by dragging, and frozen by name', async () => {
  const panel = page.getByRole('region', { name: 'Operating point' });
  const slider = panel.getByRole('slider');
  await slider.focus();
  const first = await slider.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowRight');
  await expect(slider).not.toHaveAttribute('aria-valuetext', first!);
  await expect(panel).toContainText('At the moved point');
  await panel.getByRole('button', { name: 'Back to the point in force' }).click();
  await expect(panel).toContainText('At the point in force');

  const chart = page.getByRole('figure', { name: 'ROC curve' }).locator('canvas').first();
  await chart.scrollIntoViewIfNeeded();
  const box = (await chart.boundingBox())!;
  const row = (name: string) => panel.getByRole('row', { name: new RegExp(`^${name}`) });
  const value = async (name: string) => numberAfter(await row(name).textContent(), /([01]\.\d\d)/);
  const at = { x: 1 - (await value('Specificity')), y: await value('Sensitivity') };
  const [left, right, top, bottom] = [52, 18, 39, 46];
  const pixel = (x: number, y: number) => [
    box.x + left + x * (box.width - left - right),
    box.y + top + (1 - y) * (box.height - top - bottom),
  ];
  await page.mouse.move(...(pixel(at.x, at.y) as [number, number]));
  await page.mouse.down();
  await page.mouse.move(...(pixel(0.9, 1) as [number, number]), { steps: 6 });
  await page.mouse.up();
  await expect(panel).toContainText('At the moved point');
  expect(await value('Sensitivity')).toBeGreaterThan(at.y - 0.001);

  await panel.getByRole('button', { name: 'Sensitivity ≥' }).click();
  expect(await value('Sensitivity')).toBeGreaterThanOrEqual(0.95);
  await panel.getByRole('button', { name: 'Freeze this point…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Freeze the operating point?' });
  await expectAccessible(page);
  await dialog.getByLabel('Who freezes it').fill('Dr. Freeze');
  await dialog.getByLabel(/Why this point/).fill('Screening');
  await dialog.getByRole('button', { name: 'Freeze' }).click();
  await expect(panel).toContainText('frozen, not yet used on test');
  await panel.getByText('Who froze it, and when').click();
  await expect(panel).toContainText('Dr. Freeze: Screening');
  await expect(page.getByText(/sensitivity ≥ 0.95, chosen on validation/).first()).toBeVisible();
});

test('predictive values follow the prevalence', async () => {
  const panel = page.getByRole('region', { name: 'Predictive values where you work' });
  const ppv = panel.getByRole('row', { name: /^PPV/ });
  const before = await ppv.textContent();
  await panel.getByRole('slider').fill('1');
  await expect(ppv).not.toHaveText(before!);
  await expect(panel).toContainText('Of 1,000 such images 10 are positive');
});

test('the test set: closed for a new run, its ceremony says what it means and who opened it before', async () => {
  await page.getByRole('radio', { name: 'Test' }).click();
  await expect(page.getByText(/Opened before: 3 times/)).toBeVisible();
  await page.getByRole('button', { name: /Open the test set/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Open the test set?' });
  await expect(dialog).toContainText('Dr. Made Up');
  await expect(dialog).toContainText('sensitivity ≥ 0.95');
  await expect(dialog.getByRole('button', { name: 'Open the test set' })).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Keep it closed' }).click();
  await page.getByRole('combobox', { name: 'Run' }).selectOption('run-1');
  const panel = page.getByRole('region', { name: 'Operating point' });
  await expect(panel).toContainText('cannot be moved here');
  await expect(panel.getByRole('slider')).toHaveCount(0);
  await expectAccessible(page);
});

test('runs compared on the same images, three with a correction, and their disagreements by keyboard', async () => {
  await page.getByRole('button', { name: 'Compare runs' }).click();
  await expect(page.getByRole('heading', { name: 'Compare runs' })).toBeVisible();
  for (const name of ['Run 1', 'Run 2', 'Run 3']) await page.getByRole('checkbox', { name }).check();
  await page.getByRole('checkbox', { name: 'Run 4' }).uncheck();
  await expect(page.getByText('Holm’s correction over all pairs')).toBeVisible();
  await expect(page.getByRole('row', { name: /Run 1 − Run 2/ })).toBeVisible();
  await expect(page.getByRole('figure', { name: 'ROC curves' })).toBeVisible();
  const list = page.getByRole('listbox', { name: 'Images' });
  const pairs = page.getByRole('row', { name: /Run 1 − Run 2/ });
  const cells = await pairs.getByRole('cell').allTextContents();
  await expect(list).toHaveAttribute('data-total', String(Number(cells[4]) + Number(cells[5])));
  await expect(page.getByTestId('viewport')).toHaveCount(2);
  for (const viewer of await page.getByTestId('viewport').all()) {
    await expect(viewer).toHaveAttribute('data-state', 'ready');
  }
  const shown = () => page.getByTestId('viewport').first().getAttribute('data-image-id');
  const before = await shown();
  await page.getByRole('heading', { name: 'Compare runs' }).click();
  await page.keyboard.press('j');
  await expect.poll(shown).not.toBe(before);
  expect(await page.getByTestId('viewport').last().getAttribute('data-image-id')).toBe(await shown());
  await page.keyboard.press('k');
  await expect.poll(shown).toBe(before);
  await expectAccessible(page);
});

test('the page reported no error on the way', () => {
  expect(problems).toEqual([]);
});
