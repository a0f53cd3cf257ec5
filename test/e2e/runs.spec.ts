import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from '../helpers/accessibility.ts';
import { parenchyma, temporaryFolder } from '../helpers/commandLine.ts';
import { importedProject } from '../helpers/evaluatedProject.ts';
import { startLoopback, type Loopback } from '../helpers/loopback.ts';

/** Runs from set-up to use, in a real browser with real trainings; with a frozen backbone where only what surrounds a run matters. */
test.describe.configure({ mode: 'serial' });

const folder = temporaryFolder('runs');
const shots = process.env.PARENCHYMA_SHOTS;
let loopback: Loopback;
let page: Page;
const problems: string[] = [];

test.beforeAll(async ({ browser }) => {
  const { path } = await importedProject(folder.path, 'Chest study', { patients: 8, slices: 2 });
  const split = await parenchyma(folder.path, 'split', path, '--ratio', '50/25/25', '--folds', '2');
  expect(split.code, split.stderr).toBe(0);
  loopback = await startLoopback(folder.path, '--project', path);
  page = await opened(() => browser.newPage(), loopback.address);
});

test.afterAll(async () => {
  await page?.close();
  await loopback?.stop();
  folder.remove();
});

async function opened(newPage: () => Promise<Page>, address: string): Promise<Page> {
  const made = await newPage();
  made.on('pageerror', (error) => problems.push(error.message));
  made.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  made.setDefaultTimeout(20_000);
  await made.goto(address);
  return made;
}

const shot = async (name: string) => {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
};
const rail = (name: string) => page.getByRole('navigation').getByRole('link', { name: new RegExp(`^${name}`) });
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const heading = (name: string) => page.getByRole('heading', { name, exact: true });
const state = (name: string) => page.locator('header').getByText(name, { exact: true });

/** The advanced set-up with a backbone that stays as it is: its epochs take no time. */
async function setUpQuickRun(epochs: number, learningRate: string): Promise<void> {
  await rail('Train').click();
  await page.getByRole('radio', { name: 'New run' }).click();
  await page.getByRole('radio', { name: 'Advanced' }).click();
  await page.getByLabel('Start from').selectOption('quick');
  await page.getByRole('radio', { name: 'VGG-16' }).click();
  await page.getByRole('radio', { name: 'Whole backbone' }).click();
  await page.getByLabel('Epochs', { exact: true }).fill(String(epochs));
  await page.getByLabel('Learning rate', { exact: true }).fill(learningRate);
}

test('a guided run starts, and two more wait for it in an order that can be changed', async () => {
  await rail('Train').click();
  await page.getByRole('radio', { name: 'VGG-16' }).click();
  await expect(page.getByText(/its self-test was passed/)).toBeVisible();
  await expectAccessible(page);
  await button('Start training').click();
  await expect(heading('Run 1')).toBeVisible();
  for (const rate of ['0.01', '0.0001']) {
    await setUpQuickRun(3, rate);
    await shot('advanced');
    await button('Add to the queue').click();
    await expect(page.getByText(/Waiting, number \d in the queue/)).toBeVisible();
  }
  await rail('Train').click();
  const waiting = page.getByRole('list', { name: 'Waiting runs' }).getByRole('listitem');
  await expect(waiting).toHaveText([/^1\.\s*Run 2/, /^2\.\s*Run 3/]);
  await button('Run 3 earlier').click();
  await expect(waiting).toHaveText([/^1\.\s*Run 3/, /^2\.\s*Run 2/]);
  await shot('queue');
  await expectAccessible(page);
});

test('the window is closed and opened again, and the run is watched live', async ({ browser }) => {
  const address = page.url();
  await page.close();
  page = await opened(() => browser.newPage(), loopback.address);
  expect(new URL(address).port).toBe(new URL(page.url()).port);
  await rail('Train').click();
  await page.getByRole('row', { name: /Run 1/ }).click();
  const progress = page.getByRole('region', { name: 'Progress' });
  // All of it is there after the first epoch.
  await expect(page.getByRole('heading', { name: 'Worst mistakes on validation' })).toBeVisible({ timeout: 90_000 });
  await expect(progress).toContainText(/Epoch \d+ of 20/);
  await expect(progress).toContainText(/left/);
  await expect(progress).toContainText(/images per second/);
  await expect(progress).toContainText(/learning rate/);
  for (const figure of ['Validation AUC', 'Sensitivity', 'Specificity', 'Speed']) {
    await expect(page.getByLabel('Best epoch', { exact: true })).toContainText(figure);
  }
  await shot('live');
  await expectAccessible(page);
});

test('it is paused, goes on and is cancelled; what was kept is said', async () => {
  await button('Pause').click();
  await expect(page.getByText(/^Paused on request\. Kept: .*checkpoint/)).toBeVisible({ timeout: 60_000 });
  await shot('paused');
  await button('Resume').click();
  const history = page.getByRole('region', { name: 'What happened to it' });
  await expect(history).toContainText('Went on from checkpoint', { timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Progress' })).toContainText(/Epoch \d+ of 20/);
  await button('Cancel').click();
  await expect(page.getByText(/^Cancelled\. Kept: .*best so far/)).toBeVisible({ timeout: 60_000 });
  await shot('cancelled');
});

test('a finished run is trained longer, after it is said how', async () => {
  await rail('Train').click();
  await page.getByRole('row', { name: /Run 2/ }).click();
  await expect(state('finished')).toBeVisible();
  await expect(page.getByRole('region', { name: 'On the disk' })).toContainText('from which it can be trained longer');
  await button('Train longer').click();
  const dialog = page.getByRole('dialog', { name: 'Train run 2 longer?' });
  await dialog.getByLabel('More epochs').fill('2');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Train 2 more epochs' }).click();
  await expect(page.getByLabel('Best epoch', { exact: true })).toContainText('of 5');
  await expect(page.getByRole('table').filter({ hasText: 'Validation loss' }).getByRole('row')).toHaveCount(6);
  await expect(state('finished')).toBeVisible();
});

test('two runs beside each other: what differs is marked, the curves lie over each other', async () => {
  await rail('Train').click();
  for (const number of [2, 3]) {
    await expect(page.locator(`tr[data-run="run-${number}"]`)).toContainText('finished');
    await page.getByRole('checkbox', { name: `Choose run ${number}` }).check();
  }
  await button('Compare').click();
  await expect(heading('Compare 2 runs')).toBeVisible();
  const differences = page.getByRole('region', { name: 'What was chosen differently' }).getByRole('row');
  await expect(differences).toHaveCount(3);
  await expect(differences.nth(1)).toHaveText(/Learning rate\s*0\.01\s*≠.*0\.0001/);
  await expect(differences.nth(2)).toHaveText(/Epochs\s*5\s*≠.*3/);
  await expect(page.locator('canvas')).toBeVisible();
  await shot('compared');
  await expectAccessible(page);
});

test('note, tags and archive; deletion says first what goes and what stays', async () => {
  await rail('Train').click();
  await page.getByRole('row', { name: /Run 3/ }).click();
  await page.getByLabel('Note', { exact: true }).fill('Rate too small');
  await page.getByLabel('Note', { exact: true }).blur();
  await page.getByLabel('Add a tag').fill('pilot');
  await page.getByLabel('Add a tag').press('Enter');
  await expect(button('Take the tag pilot away')).toBeVisible();
  await button('Archive').click();
  await button('Runs').click();
  await expect(page.locator('tr[data-run="run-3"]')).toHaveCount(0);
  await page.getByRole('checkbox', { name: /Archived/ }).check();
  await page.getByLabel('Find runs').fill('too small');
  await expect(page.getByRole('row', { name: /Run 3.*pilot.*archived/ })).toBeVisible();
  await shot('found');
  await expectAccessible(page);
  await page.getByRole('row', { name: /Run 3/ }).click();
  await button('Delete').click();
  const dialog = page.getByRole('dialog', { name: 'Delete run 3?' });
  await expect(dialog).toContainText(
    /Goes for good.*its model and what lies beside it: \d+ files.*its curves: 3 epochs.*Stays.*images and their labels/s,
  );
  await shot('deletion');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Delete run 3' }).click();
  await expect(page.getByText('No run is like that')).toBeVisible();
  await button('Show all runs').click();
  await expect(page.locator('tr[data-run]')).toHaveCount(2);
});

test('a model is put into use by name, and new files that are dropped are predicted with it, by image and patient', async () => {
  await page.getByRole('row', { name: /Run 2/ }).click();
  await button('Use this model').click();
  const dialog = page.getByRole('dialog', { name: 'Use the model of run 2?' });
  await expect(dialog).toContainText('It was not evaluated on the test set');
  await dialog.getByLabel('Who decides this').fill('Dr. Use');
  await dialog.getByRole('button', { name: 'Use this model' }).click();
  await button('Model: Run 2 in use').click();
  await page.getByRole('button', { name: 'New studies' }).click();
  await expect(page.getByText('The model in use.')).toBeVisible();
  await drop(dropped());
  await expect(page.getByTestId('study-summary')).toContainText('4 images of 2 patients', { timeout: 60_000 });
  await expect(page.getByTestId('study-summary')).toContainText('A patient’s figure is the mean of the images');
  await shot('predicted');
  await expectAccessible(page);
});

/** All slices of one patient of each class. */
function dropped(): string[] {
  return ['positive', 'negative'].flatMap((side) => {
    const directory = join(folder.path, 'Chest study study', side);
    const [patient] = readdirSync(directory).sort();
    return readdirSync(join(directory, patient!)).map((name) => join(directory, patient!, name));
  });
}

/** Drops the files on the window as a browser does, which tells the page no paths. */
async function drop(paths: readonly string[]): Promise<void> {
  const files = paths.map((path, place) => ({ name: `${place}.dcm`, base64: readFileSync(path).toString('base64') }));
  const transfer = await page.evaluateHandle((given) => {
    const made = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      made.items.add(new File([bytes], name));
    }
    return made;
  }, files);
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('body', type, { dataTransfer: transfer });
}

test('the range test ends in a rate, which the form takes', async () => {
  await setUpQuickRun(2, '0.5');
  await button('Find a rate…').click();
  const dialog = page.getByRole('dialog', { name: 'Learning-rate range test' });
  await dialog.getByRole('button', { name: 'Start the test' }).click();
  await expect(dialog.getByText(/a tenth of that is suggested/)).toBeVisible({ timeout: 60_000 });
  await shot('range');
  await expectAccessible(page);
  const take = dialog.getByRole('button', { name: /^Take/ });
  const rate = (await take.textContent())!.replace('Take', '').trim();
  await take.click();
  await expect(page.getByLabel('Learning rate', { exact: true })).toHaveValue(rate);
});

test('repeats over two seeds and over two folds: each trained, their mean and spread shown and right', async () => {
  for (const kind of ['Over seeds', 'Over the folds']) {
    await setUpQuickRun(2, '0.01');
    await page.getByRole('radio', { name: kind }).click();
    if (kind === 'Over seeds') await page.getByLabel('Number of seeds').fill('2');
    await expect(page.getByText(/for 2 runs/)).toBeVisible();
    await button('Put the repeats into the queue').click();
    await expect(page.getByRole('heading', { name: /^Run \d+$/ })).toBeVisible();
    await rail('Train').click();
  }
  await page.getByRole('radio', { name: 'Search' }).click();
  await expect(page.getByText('2 of 2 finished')).toHaveCount(2, { timeout: 60_000 });
  await shot('groups');
  await expectAccessible(page);
  const groups = page.getByRole('region', { name: 'Repeats and folds' }).locator('tbody');
  // The newest first.
  for (const [place, members] of [/^Run \d+\s*fold [12]/, /^Run \d+\s*seed [12]/].entries()) {
    const rows = groups.nth(place).getByRole('row');
    await expect(rows).toHaveText([/^2 (seeds|folds)/, members, members]);
    const cells = await rows.locator('td:nth-child(4)').allTextContents();
    const [a, b] = cells.slice(1).map(Number) as [number, number];
    const [mean, deviation, low, high] = cells[0]!.match(/[\d.]+/g)!.map(Number);
    expect(mean).toBeCloseTo((a + b) / 2, 2);
    expect(deviation).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 2);
    expect([low, high]).toEqual([Math.min(a, b), Math.max(a, b)]);
  }
});

test('a training that diverges stops and says why, what was kept and what to do', async () => {
  await setUpQuickRun(9, '10');
  await page.getByRole('radio', { name: 'Nothing' }).click();
  await button(/^(Start training|Add to the queue)$/).click();
  await expect(state('failed')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('alert')).toContainText(/diverged|smaller/);
  await expect(button('Train again with a learning rate of 3')).toBeVisible();
  await shot('diverged');
  await expectAccessible(page);
});

test('the page reported no error on the way', () => {
  expect(problems).toEqual([]);
});
