import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { openProjectStore } from '../../src-main/store/index.ts';
import { expectAccessible } from '../helpers/accessibility.ts';
import { parenchyma, temporaryFolder } from '../helpers/commandLine.ts';
import { startLoopback, type Loopback } from '../helpers/loopback.ts';
import { addMadeRun } from '../helpers/madeRun.ts';

/** The review flow by keyboard, on real slices with made-up predictions: open, blinded by two readers, a third decision, restart. */
test.describe.configure({ mode: 'serial' });

const folder = temporaryFolder('e2e-review');
const project = join(folder.path, 'Reading.parenchyma');
let loopback: Loopback;
let page: Page;
const problems: string[] = [];

/** Nothing but keys after this: whatever has the focus. */
const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

test.beforeAll(async ({ browser }) => {
  const study = join(folder.path, 'study');
  for (const command of [
    ['sample', study, '--patients', '8', '--slices', '2'],
    ['create', project],
    ['import', project, join(study, 'positive'), '--label', 'Ground glass', '--set', 'validation'],
    ['import', project, join(study, 'negative'), '--label', 'No ground glass', '--set', 'validation'],
  ]) {
    const result = await parenchyma(folder.path, ...command);
    expect(result.code, result.stderr).toBe(0);
  }
  const store = openProjectStore(project);
  // Every fourth image is judged wrongly; all probabilities differ, so that every order is one.
  addMadeRun(store, ({ className, place }) => {
    const right = place % 4 !== 1;
    const positive = (className === 'Ground glass') === right;
    return positive ? 0.6 + place * 0.02 : 0.4 - place * 0.02;
  });
  store.close();
  await start(await browser.newPage());
});

test.afterAll(async () => {
  await page?.close();
  await loopback?.stop();
  folder.remove();
});

async function start(fresh: Page): Promise<void> {
  loopback = await startLoopback(folder.path, '--project', project);
  page = fresh;
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(loopback.address);
  await page.getByRole('navigation').waitFor();
  await press('g', 'v');
  await expect(table()).toHaveAttribute('data-total', '16');
}

const table = () => page.getByRole('grid', { name: 'Predictions' });
const at = (place: number) => table().locator(`[aria-rowindex="${place + 2}"]`);
const viewer = () => page.getByTestId('viewport');
const chosen = (place: number) => expect(at(place)).toHaveAttribute('aria-selected', 'true');

async function chooseReader(name: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Reader' }).focus();
  await page.getByRole('combobox', { name: 'Reader' }).selectOption({ label: 'Another reader…' });
  await page.keyboard.type(name);
  await press('Enter');
  await expect(page.getByRole('combobox', { name: 'Reader' })).toHaveValue(name);
  await expect(table()).toHaveAttribute('aria-busy', 'false');
  await table().locator('.body').focus();
}

async function chooseMode(words: string): Promise<void> {
  const radios = page.getByRole('radiogroup', { name: 'Reading' });
  for (let turn = 0; turn < 3; turn++) {
    if ((await radios.getByRole('radio', { name: words }).getAttribute('aria-checked')) === 'true') break;
    await radios.locator('[aria-checked="true"]').focus();
    await press('ArrowRight');
  }
  await expect(radios.getByRole('radio', { name: words })).toHaveAttribute('aria-checked', 'true');
  await expect(table()).toHaveAttribute('aria-busy', 'false');
  await table().locator('.body').focus();
}

test('open reading: one key each, the next case comes by itself, and undo goes back', async () => {
  await chooseReader('Dr. Open');
  await expect(viewer()).toHaveAttribute('data-state', 'ready');
  await press('y');
  await expect(at(0)).toHaveAttribute('data-verdict', 'agree');
  await chosen(1);
  await expect(page.getByRole('region', { name: 'Case' })).toContainText(/2 of 16\s*P0000\d/);
  await press('n');
  await expect(at(1)).toHaveAttribute('data-verdict', 'disagree');
  await press('u');
  await expect(at(2)).toHaveAttribute('data-verdict', 'unsure');
  await chosen(3);
  await press('b');
  await expect(at(3)).toHaveAttribute('data-verdict', 'relabel');
  await press('q');
  await expect(at(4)).toHaveAttribute('data-verdict', 'exclude');
  await expect(page.getByRole('region', { name: 'Agreement' })).toContainText('1 image excluded');
  await expect(page.getByRole('region', { name: 'Agreement' })).toContainText('1 image relabelled');
  await press('Backspace');
  await expect(at(4)).toHaveAttribute('data-verdict', 'none');
  await chosen(4);
  await press('Backspace', 'Backspace');
  await expect(at(2)).toHaveAttribute('data-verdict', 'none');
  await chosen(2);
  await expect(page.getByRole('region', { name: 'Agreement' })).not.toContainText('relabelled');
  await press('k', 'k');
  await chosen(0);
  await press('v');
  await chosen(2);
  await expectAccessible(page);
});

test('what happens to runs meanwhile takes nobody away from their case', async () => {
  const listed = page.waitForResponse(/rpc\/review\/worklist/);
  const answer = await page.request.post(`${new URL(page.url()).origin}/rpc/runs/annotate`, {
    headers: { origin: new URL(page.url()).origin },
    data: { json: { run: 'run-1', note: 'read by three' } },
  });
  expect(answer.status()).toBe(200);
  await listed;
  await expect(table()).toHaveAttribute('aria-busy', 'false');
  await chosen(2);
});

test('a comment by key, and the history of the case', async () => {
  await press('c');
  await page.keyboard.type('motion artefact');
  await press('Enter');
  await press('y');
  await expect(at(2)).toHaveAttribute('data-verdict', 'agree');
  await press('k');
  await expect(page.getByLabel(/^Comment/)).toHaveValue('motion artefact');
  await page.getByRole('button', { name: 'History' }).focus();
  await press('Enter');
  const dialog = page.getByRole('dialog', { name: 'History of this case' });
  await expect(dialog.getByRole('row')).toHaveCount(5);
  await expect(dialog).toContainText('motion artefact');
  await expectAccessible(page);
  await press('Escape');
});

test('blinded reading hides everything that hints at the answer until it is given', async () => {
  await chooseReader('Dr. One');
  await chooseMode('Blinded');
  await expect(page.getByText('Label and prediction are hidden until you have answered.')).toBeVisible();
  await expect(table().locator('[data-revealed="true"]')).toHaveCount(0);
  await expect(table()).not.toContainText(/false (negative|positive)|0\.\d|\.dcm/);
  await expect(page.getByRole('region', { name: 'Case' })).not.toContainText(/P0000\d/);
  await expect(page.getByRole('group', { name: 'Filter by outcome' })).toHaveCount(0);
  await expectAccessible(page);
  await expect(viewer()).toHaveAttribute('data-state', 'ready');
  await press('y');
  await expect(at(0)).toHaveAttribute('data-revealed', 'true');
  await chosen(1);
  await expect(page.getByText('Label and prediction are hidden until you have answered.')).toBeVisible();
  for (let place = 1; place < 16; place++) {
    await chosen(place);
    await press(place % 3 === 0 ? 'n' : 'y');
  }
  await expect(table().locator('[data-revealed="true"]')).toHaveCount(16);
  await expect(page.locator('[data-reader="Dr. One"]')).toContainText('16 of 16');
});

test('the second reader sees nothing of the first, in another order', async () => {
  const firstOrder = await imageOrder();
  await chooseReader('Dr. Two');
  await expect(table().locator('[data-revealed="true"]')).toHaveCount(0);
  const order = await imageOrder();
  expect([...order].sort()).toEqual([...firstOrder].sort());
  expect(order).not.toEqual(firstOrder);
  await expect(table()).not.toContainText(/agrees|✓|✗/);
  for (let place = 0; place < 16; place++) {
    await chosen(place);
    await press(place === 15 ? 'u' : 'y');
  }
  await expect(page.locator('[data-reader="Dr. Two"]')).toContainText('16 of 16');
  await expect(page.getByTestId('kappa-readers').first()).toContainText('n ');
});

const imageOrder = () =>
  table()
    .getByRole('row')
    .evaluateAll((rows) => rows.flatMap((row) => row.getAttribute('data-image-id') ?? []));

test('a third decision on the cases on which they differ', async () => {
  await chooseReader('Dr. Three');
  await chooseMode('Blinded');
  await page.getByRole('combobox', { name: 'Show' }).selectOption({ label: 'Answered' });
  await expect(table()).toHaveAttribute('data-total', '0');
  // The last case's picture would be taken for one of the list.
  await expect(page.getByTestId('viewport').locator('.picture')).toBeHidden();
  await page.getByRole('combobox', { name: 'Show' }).selectOption({ label: 'All' });
  await chooseMode('Adjudicate');
  await expect(table()).not.toHaveAttribute('data-total', '16');
  const disputed = Number(await table().getAttribute('data-total'));
  expect(disputed).toBeGreaterThan(3);
  expect(disputed).toBeLessThan(16);
  await expect(page.getByRole('region', { name: 'Case' })).toContainText('Dr. One');
  await expect(page.getByRole('region', { name: 'Case' })).toContainText('Dr. Two');
  await expect(page.getByRole('region', { name: 'Case' })).toContainText('readers differ');
  await press('y');
  await expect(at(0)).toHaveAttribute('data-verdict', 'agree');
  await press('k');
  await expect(page.getByRole('region', { name: 'Case' })).toContainText('Third decision (Dr. Three)');
  await expect(page.getByRole('region', { name: 'Agreement' })).toContainText(
    `readers differ on ${disputed}, 1 decided`,
  );
  await expectAccessible(page);
});

test('the shortcut audit says in words what it found, by keyboard', async () => {
  await page.getByRole('radio', { name: 'Worklist' }).focus();
  await press('ArrowRight');
  await expect(page.getByText('Does the model look at the patient?')).toBeVisible();
  await page.getByRole('button', { name: 'Audit this run' }).focus();
  await press('Enter');
  const findings = page.getByTestId('audit-findings');
  await expect(findings).toContainText('There are only 16 images');
  // Predictions without a model: the figures are there, the heat maps are not, and the audit says so.
  await expect(findings).toContainText('No heat map could be made');
  await expectAccessible(page);
});

test('everything is there after a restart', async ({ browser }) => {
  const context = page.context();
  await page.close();
  await loopback.stop();
  await start(await (context.pages().length > 0 ? context : await browser.newContext()).newPage());
  for (const reader of ['Dr. One', 'Dr. Two']) {
    await expect(page.locator(`[data-reader="${reader}"]`)).toContainText('16 of 16');
  }
  await expect(page.getByRole('region', { name: 'Agreement' })).toContainText('1 decided');
});

test('an address that is followed while the first screen is still loading is gone to', async () => {
  const early = await page.context().newPage();
  await early.route(/StartScreen.*\.js/, async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await request.continue();
  });
  const { origin } = new URL(page.url());
  await early.goto(`${origin}/`);
  await early.goto(`${origin}/#/review`);
  await expect(early.getByRole('grid', { name: 'Predictions' })).toHaveAttribute('data-total', '16');
  await early.close();
});

test('the page reported no error on the way', () => {
  expect(problems).toEqual([]);
});
