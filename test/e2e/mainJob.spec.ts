import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import sharp from 'sharp';
import { expectAccessible } from '../helpers/accessibility.ts';
import { parenchyma, temporaryFolder } from '../helpers/commandLine.ts';
import { startLoopback, type Loopback } from '../helpers/loopback.ts';

/** The whole main job in a real browser, by mouse and keyboard, in the order in which a radiologist does it. */
test.describe.configure({ mode: 'serial' });

const folder = temporaryFolder('e2e');
const study = join(folder.path, 'study');
const newPictures = join(folder.path, 'new pictures');
let loopback: Loopback;
let page: Page;
const problems: string[] = [];

test.beforeAll(async ({ browser }) => {
  const sample = await parenchyma(folder.path, 'sample', study, '--patients', '16', '--slices', '4');
  expect(sample.code, sample.stderr).toBe(0);
  const [patient] = readdirSync(join(study, 'positive')).sort();
  const slices = readdirSync(join(study, 'positive', patient!))
    .sort()
    .slice(0, 2);
  for (const slice of slices) cpSync(join(study, 'positive', patient!, slice), join(newPictures, slice));
  await sharp({ create: { width: 64, height: 64, channels: 3, background: '#808080' } })
    .png()
    .toFile(join(newPictures, 'zz picture.png'));
  loopback = await startLoopback(folder.path);
  page = await browser.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(loopback.address);
});

test.afterAll(async () => {
  await page?.close();
  await loopback?.stop();
  folder.remove();
});

const viewer = () => page.getByTestId('viewport');
const rail = (name: string) => page.getByRole('navigation').getByRole('link', { name: new RegExp(`^${name}`) });

test('the first minute: three doors, and a project made from folders', async () => {
  expect(page.url()).not.toContain('token');
  await expect(page.getByRole('button', { name: /Try the sample study/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: /Open folders of images/ }).click();
  for (const name of ['positive', 'negative']) {
    await page.getByRole('button', { name: 'Add a folder' }).click();
    await page.getByRole('textbox', { name: 'Path' }).fill(join(study, name));
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    await expect(page.getByRole('list', { name: 'Folder contents' }).getByRole('button').first()).toBeVisible();
    await page.getByRole('button', { name: 'Choose this folder' }).click();
  }
  await page.getByLabel('Name of the project').fill('Chest study');
  await page.getByRole('button', { name: 'Create project' }).click();
});

test('import: the folders become classes', async () => {
  const classes = page.getByRole('dialog', { name: 'Add images' }).getByRole('combobox');
  await expect(classes).toHaveCount(2);
  await classes.nth(0).fill('Ground glass');
  await classes.nth(1).fill('No ground glass');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^(Add|Import)/ })
    .last()
    .click();
  await expect(page.getByRole('dialog')).toContainText('64 images');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^(Close|Done|See)/ })
    .last()
    .click();
  await expect(page.getByRole('banner')).toContainText('64 images');
});

test('the viewer shows a slice, scrolls by wheel and key, and changes its window by key', async () => {
  await page.getByRole('listbox', { name: 'Thumbnails' }).getByRole('option').first().click();
  await expect(viewer()).toHaveAttribute('data-state', 'ready');
  await expect(viewer()).toHaveAttribute('data-units', 'HU');
  await expect(viewer()).toHaveAttribute('data-window-width', '1500');
  const first = Number(await viewer().getAttribute('data-slice-index'));
  await viewer().hover();
  await page.mouse.wheel(0, first === 0 ? 120 : -120);
  await expect(viewer()).not.toHaveAttribute('data-slice-index', String(first));
  await viewer().click();
  await page.keyboard.press('2');
  await expect(viewer()).toHaveAttribute('data-window-width', '350');
  await expect(viewer()).toHaveAttribute('data-window-level', '50');
  await page.keyboard.press('End');
  await expect(viewer()).toHaveAttribute('data-slice-index', '3');
  await page.keyboard.press('Home');
  await expect(viewer()).toHaveAttribute('data-slice-index', '0');
  await page.keyboard.press('1');
  await expect(viewer()).toHaveAttribute('data-window-width', '1500');
  await expectAccessible(page);
});

test('labels and split: patients never in two sets', async () => {
  await rail('Labels').click();
  await page.getByLabel('Training, %').fill('50');
  await page.getByLabel('Validation, %').fill('25');
  await page.getByLabel('Test, %').fill('25');
  await page.getByRole('button', { name: 'Split by patient' }).click();
  await expect(page.getByText(/No patient and no identical or nearly identical picture is in two sets/)).toBeVisible();
  await expect(page.getByRole('banner')).toContainText('split');
  await expectAccessible(page);
});

test('training with live curves, in a minute, to a finished run', async () => {
  await rail('Train').click();
  await page.getByRole('radio', { name: 'Advanced' }).click();
  await page.getByLabel('Start from').selectOption('quick');
  await page.getByLabel('Epochs', { exact: true }).fill('2');
  await page.getByRole('button', { name: /^Start/ }).click();
  await expect(page.getByRole('heading', { name: 'Run 1' })).toBeVisible();
  await expect(page.getByText('finished').first()).toBeVisible({ timeout: 200_000 });
  await expect(page.getByRole('table').filter({ hasText: 'Validation loss' }).getByRole('row')).toHaveCount(3);
});

test('validation, then the test set, opened on purpose and by name', async () => {
  await rail('Results').click();
  await page.getByRole('button', { name: 'Evaluate on validation' }).click();
  await expect(page.getByRole('cell', { name: /^AUC/ })).toBeVisible({ timeout: 60_000 });
  await page
    .getByRole('radio', { name: 'Test' })
    .or(page.getByRole('button', { name: 'Test', exact: true }))
    .first()
    .click();
  await expect(page.getByText(/Opened before: 0 times/)).toBeVisible();
  await page.getByRole('button', { name: /Open the test set/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Open the test set?' });
  await expect(dialog.getByRole('button', { name: 'Open the test set' })).toBeDisabled();
  await dialog.getByLabel(/Who opens it/).fill('Dr. End to End');
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Open the test set' }).click();
  await expect(page.getByText('16 images of 4 patients')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('heading', { name: 'Confusion matrix' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'ROC curve' })).toBeVisible();
  await expectAccessible(page);
});

test('the predictions one by one, by keyboard, beside the image', async () => {
  await page.getByRole('button', { name: 'Go through the predictions' }).click();
  const table = page.getByRole('grid', { name: 'Predictions' });
  await expect(table).toHaveAttribute('data-total', '16');
  await expect(viewer()).toHaveAttribute('data-state', 'ready');
  const before = await viewer().getAttribute('data-image-id');
  await table.getByRole('row').nth(1).click();
  await page.keyboard.press('ArrowDown');
  await expect(viewer()).not.toHaveAttribute('data-image-id', before!);
  await expect(viewer()).toHaveAttribute('data-state', 'ready');
  await page.keyboard.press('h');
  await expect(page.getByRole('group', { name: 'Heat map' })).toBeVisible();
  await expect(page.getByTestId('heat-map')).toHaveAttribute('data-method', 'gradCam', { timeout: 30_000 });
  await expectAccessible(page);
});

test('new pictures: the warning before, image and patient, what is unlike, and nothing added to the project', async () => {
  await page.getByRole('radio', { name: 'New studies' }).click();
  await expect(page.getByText('For research use. Not a medical device.').first()).toBeVisible();
  await expect(page.getByText('the model’s output, not a diagnosis')).toBeVisible();
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await page.getByRole('textbox', { name: 'Path' }).fill(newPictures);
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  await page.getByRole('button', { name: 'Choose this folder' }).click();
  await expect(page.getByTestId('study-summary')).toContainText('3 images of 2 patients', { timeout: 60_000 });
  await expect(page.getByTestId('study-summary')).toContainText('mean of the images');
  await expect(page.getByTestId('study-summary')).toContainText('the frozen operating point');
  await expect(viewer()).toHaveAttribute('data-state', 'ready');
  const before = await viewer().getAttribute('data-image-id');
  expect(Number(before)).toBeLessThan(0);
  await page.keyboard.press('j');
  await expect(viewer()).not.toHaveAttribute('data-image-id', before!);
  await page.keyboard.press('j');
  await expect(page.getByRole('region', { name: 'Picture' })).toContainText('No Hounsfield units');
  await expect(viewer()).toHaveAttribute('data-state', 'ready');
  await page.keyboard.press('h');
  await expect(page.getByTestId('heat-map')).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('h');
  const table = await page.request.get(
    new URL((await page.getByRole('link', { name: /Download as a table/ }).getAttribute('href'))!, page.url()).href,
  );
  const rows = (await table.text()).trim().split('\r\n');
  expect(rows).toHaveLength(4);
  expect(rows.join()).not.toContain('SYN-0');
  expect(rows.join()).not.toContain(newPictures);
  await expect(page.getByRole('banner')).toContainText('64 images');
  await expectAccessible(page);
});

test('the report, in four formats, without a patient identifier', async () => {
  await rail('Report').click();
  await page.getByLabel(/Who answers for it/).fill('Dr. End to End');
  await page.getByRole('button', { name: 'Write report' }).click();
  await expect(page.getByRole('region', { name: 'Reports written' }).getByText(/\.pdf/)).toBeVisible({
    timeout: 60_000,
  });
  const reports = join(folder.path, 'projects', 'Chest study.parenchyma', 'reports');
  const [latest] = readdirSync(reports);
  const files = readdirSync(join(reports, latest!));
  expect(files.map((name) => name.split('.').at(-1)).sort()).toEqual(['csv', 'html', 'json', 'pdf']);
  const html = readFileSync(
    join(
      reports,
      latest!,
      files.find((name) => name.endsWith('.html'))!,
    ),
    'utf8',
  );
  expect(html).toContain('Dr. End to End');
  expect(html).not.toContain('SYN-0');
  await expectAccessible(page);
});

test('the page reported no error on the way', () => {
  expect(problems).toEqual([]);
});
