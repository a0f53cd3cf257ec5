import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import sharp from 'sharp';
import { createRandom } from '../../src-shared/domain/random.ts';
import { expectAccessible } from '../helpers/accessibility.ts';
import { parenchyma, temporaryFolder } from '../helpers/commandLine.ts';
import { addMadeRuns } from '../helpers/evaluatedProject.ts';
import { startLoopback, type Loopback } from '../helpers/loopback.ts';

/** Patients and sets as a person makes them in a browser: the rule for file names, folders with a set, folds, the lock, snapshots. */
test.describe.configure({ mode: 'serial' });

const folder = temporaryFolder('sets');
const project = join(folder.path, 'pictures.parenchyma');
let loopback: Loopback;
let page: Page;

/** Twelve patients of each class with two pictures; four of them in a folder of their own. */
async function writePictures(label: string, seed: number): Promise<string> {
  const source = join(folder.path, label);
  for (let patient = 0; patient < 12; patient++) {
    const below = join(source, patient < 4 ? 'other hospital' : 'own');
    mkdirSync(below, { recursive: true });
    for (const slice of [1, 2]) {
      const random = createRandom(seed + patient * 10 + slice);
      const shapes = Array.from({ length: 30 }, () => {
        const gray = random.below(256);
        return `<circle cx="${random.below(200)}" cy="${random.below(200)}" r="${4 + random.below(20)}" fill="rgb(${gray},${gray},${gray})"/>`;
      });
      await sharp(Buffer.from(`<svg width="200" height="200"><rect width="200" height="200"/>${shapes.join('')}</svg>`))
        .png()
        .toFile(join(below, `${label}${String(patient).padStart(2, '0')}-${slice}.png`));
    }
  }
  return source;
}

const goTo = (name: RegExp) => page.getByRole('navigation').getByRole('link', { name }).click();
const panel = () => page.getByRole('region', { name: 'Training, validation and test set' });

test.beforeAll(async ({ browser }) => {
  await parenchyma(folder.path, 'create', project);
  for (const [place, label] of ['ill', 'well'].entries()) {
    const source = await writePictures(label, 1000 * (place + 1));
    const done = await parenchyma(folder.path, 'import', project, source, '--label', label, '--patients', 'whole-name');
    expect(done.code, done.stderr).toBe(0);
  }
  expect((await parenchyma(folder.path, 'split', project)).code).toBe(0);
  addMadeRuns({ path: project, positiveClass: 'ill' }, 1);
  loopback = await startLoopback(folder.path, '--project', project);
  page = await browser.newPage();
  await page.goto(loopback.address);
  await goTo(/^Labels/);
});

test.afterAll(async () => {
  await page?.close();
  await loopback?.stop();
  folder.remove();
});

test('the rule for patients shows live what it makes of the file names, and drops the split', async () => {
  const region = page.getByRole('region', { name: 'Patients' });
  await expect(region).toContainText('48 patients');
  await region.getByRole('button', { name: /^Change/ }).click();
  await region.getByRole('combobox', { name: 'Patient rule' }).selectOption({ label: 'Part of the file name' });
  const pattern = region.getByRole('textbox', { name: 'Regular expression' });
  await pattern.fill('^([a-z]+[0-9]+)-');
  await expect(region.getByRole('row', { name: /ill00-1\.png/ })).toContainText('ill00');
  await pattern.fill('^(([a-z]+');
  await expect(region.getByRole('alert')).toBeVisible();
  await pattern.fill('^([a-z]+[0-9]+)-');
  await expect(region.getByRole('status')).toContainText('48 plain pictures of 24 patients');
  await expectAccessible(page);
  await region.getByRole('button', { name: 'Apply the rule' }).click();
  await expect(region).toContainText('24 patients');
  await expect(panel()).toContainText('Not split yet');
});

test('folders are given a set, the other patients are drawn', async () => {
  await panel().getByText('Folders with a set of their own').click();
  const selects = panel().getByRole('combobox', { name: 'Set of the images in other hospital' });
  await expect(selects).toHaveCount(2);
  for (const place of [0, 1]) await selects.nth(place).selectOption('test');
  await expect(panel()).toContainText('2 folders, 16 images');
  await expectAccessible(page);
  await panel().getByRole('button', { name: 'Split by patient' }).click();
  await expect(panel()).toContainText('by folders');
  await expect(panel().getByRole('row', { name: /^test/i })).toContainText('16');
  await panel().getByText('History of the sets').click();
  await expect(
    panel()
      .getByRole('listitem')
      .filter({ hasText: /folder/i })
      .first(),
  ).toBeVisible();
});

test('what changed since a run was started is told in words', async () => {
  const region = page.getByRole('region', { name: 'Snapshots' });
  const differences = region.getByRole('status', { name: 'What differs' });
  await expect(differences).toContainText(/images? moved from \w+ to \w+\./);
  await expect(differences).toContainText(/patient/);
  await expectAccessible(page);
});

test('the test set is locked on purpose; folds are dealt without it, and no other split passes', async () => {
  await panel().getByRole('button', { name: 'Lock now' }).click();
  const dialog = page.getByRole('dialog', { name: 'Lock the test set?' });
  await expect(dialog.getByRole('button', { name: 'Lock' })).toBeDisabled();
  await dialog.getByLabel('Reason').fill('Agreed with the statistician');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Lock' }).click();
  await expect(panel()).toContainText('Agreed with the statistician');
  const before = await panel().getByRole('row', { name: /^test/i }).innerText();

  await panel().getByRole('radio', { name: 'In folds' }).check();
  await panel().getByLabel('Folds', { exact: true }).fill('4');
  await panel().getByRole('button', { name: 'Split by patient' }).click();
  await panel().getByRole('combobox', { name: 'Fold that is the validation set' }).selectOption('3');
  await expect(panel()).toContainText('in folds');
  expect(await panel().getByRole('row', { name: /^test/i }).innerText()).toBe(before);

  await panel()
    .getByRole('checkbox', { name: /^Keep the test set/ })
    .uncheck();
  await panel().getByRole('combobox', { name: 'Set of the images in other hospital' }).first().selectOption('training');
  await panel().getByRole('button', { name: 'Split by patient' }).click();
  await expect(panel().getByRole('alert')).toContainText('The test set is locked');
  expect(await panel().getByRole('row', { name: /^test/i }).innerText()).toBe(before);
});

test('the folders are one stop of Tab, gone through by arrows', async () => {
  await goTo(/^Images/);
  const folders = page.getByRole('list', { name: 'Folders' });
  await expect(folders.getByRole('button', { name: /^ill/ })).toBeVisible();
  await expect(folders.locator('button[tabindex="0"]')).toHaveCount(1);
  await folders.getByRole('button', { name: /^All images/ }).focus();
  await page.keyboard.press('ArrowDown');
  const reached = folders.locator('button:focus');
  await expect(reached).not.toHaveText(/^All images/);
  await page.keyboard.press('Enter');
  await expect(reached).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(folders.getByRole('button', { name: /^All images/ })).toHaveAttribute('aria-pressed', 'true');
});

test('images are narrowed to a fold and to key images', async () => {
  await goTo(/^Images/);
  await page.getByText('More filters').click();
  await page.getByRole('checkbox', { name: 'Key images' }).check();
  await expect(page.getByText(/^0 shown|No image/i).first()).toBeVisible();
  await expectAccessible(page);
});
