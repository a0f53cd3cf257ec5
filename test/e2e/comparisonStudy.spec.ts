import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from '../helpers/accessibility.ts';
import { parenchyma, temporaryFolder } from '../helpers/commandLine.ts';
import { importedProject } from '../helpers/evaluatedProject.ts';
import { startLoopback, type Loopback } from '../helpers/loopback.ts';

/** The comparison of two architectures on the sample data, from search to report: by one command, and by the interface. Tiny settings. */
test.describe.configure({ mode: 'serial' });

const folder = temporaryFolder('comparison');
const shots = process.env.PARENCHYMA_SHOTS;
let loopback: Loopback | null = null;
let page: Page;
const problems: string[] = [];

test.afterAll(async () => {
  await page?.close();
  await loopback?.stop();
  folder.remove();
});

const shot = async (name: string) => {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
};

test('by one command, with its report', async () => {
  const { path } = await importedProject(folder.path, 'by command', { patients: 16, slices: 2 });
  const out = join(folder.path, 'report');
  const result = await parenchyma(
    folder.path,
    ...['study', path, '--head', 'compact', '--image-size', '32', '--epochs', '2', '--trials', '2', '--seeds', '1'],
    ...['--workers', '2', '--opened-by', 'Dr. Reader', '--out', out],
  );
  expect(result.code, result.stderr).toBe(0);
  const finished = result.lines.at(-1) as {
    event: string;
    arms: { architecture: string; trials: number; runs: unknown[]; selected: string }[];
    comparison: { set: string; pairs: unknown[] };
    report: { files: { path: string }[] };
  };
  expect(finished).toMatchObject({ event: 'finished', comparison: { set: 'test' } });
  expect(finished.arms.map(({ architecture, trials, runs }) => [architecture, trials, runs.length])).toEqual([
    ['vgg16', 2, 1],
    ['vgg19_bn', 2, 1],
  ]);
  for (const file of finished.report.files) expect(existsSync(file.path)).toBe(true);
  const json = finished.report.files.find(({ path: one }) => one.endsWith('.json'))!;
  const report = JSON.parse(readFileSync(json.path, 'utf8')) as {
    study: { trials: number; seeds: number };
    comparison: { set: string };
    openings: { at: string; openedBy: string }[];
    runs: { test: { warnings: string[] } }[];
  };
  expect(report.study).toMatchObject({ trials: 2, seeds: 1 });
  expect(report.comparison.set).toBe('test');
  // Opened once, for both runs together: one instant, and neither counts the other as an earlier look.
  expect(new Set(report.openings.map(({ at }) => at)).size).toBe(1);
  expect(report.openings[0]!.openedBy).toBe('Dr. Reader (comparison study 1)');
  expect(JSON.stringify(report.runs.map((run) => run.test.warnings))).not.toContain('had been opened');
});

test('by the interface: set up, watched through its steps, paused and continued', async ({ browser }) => {
  const { path } = await importedProject(folder.path, 'by hand', { patients: 16, slices: 2 });
  loopback = await startLoopback(folder.path, '--project', path);
  page = await browser.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(loopback.address);
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Train/ })
    .click();
  await page.getByRole('radio', { name: 'Search' }).click();
  await expect(page.getByText('Let the machine try configurations')).toBeVisible();
  await shot('empty');
  await page.getByRole('button', { name: 'Compare VGG-16 and VGG-19-BN' }).click();
  await page.getByLabel('Start from').selectOption('quick');
  await page.getByLabel('Epochs of a whole training').fill('2');
  await page.getByLabel('Picture size in pixels').fill('32');
  await page.getByLabel('Trials for each network').fill('2');
  await page.getByLabel('Trials for each network').blur();
  await page.getByLabel('Trials at the same time').fill('2');
  await page.getByLabel('Seeds of the chosen settings').fill('1');
  await page.getByLabel('Who opens the test set').fill('Dr. Hand');
  await expect(page.getByText(/about 10 in all/)).toBeVisible();
  await shot('study-form');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Start the comparison' }).click();
  await expect(page.getByRole('heading', { name: 'Comparison study 1' })).toBeVisible();
  await expect(page.getByText(/Step 1 of 7.*trials/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('paused', { exact: true })).toBeVisible({ timeout: 60_000 });
  await shot('study-paused');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('button', { name: 'Compare on the test set' })).toBeVisible({ timeout: 180_000 });
  await shot('study-finished');
  await expectAccessible(page);
});

test('its search: trials in a table and as lines, the best one made a run', async () => {
  await page
    .getByRole('button', { name: /^trial \d of 2$/ })
    .first()
    .click();
  const trials = page.getByRole('table', { name: 'Trials' });
  await expect(trials.getByRole('row')).toHaveCount(3);
  await expect(trials.getByText('best', { exact: true })).toBeVisible();
  await trials.getByRole('button', { name: 'Learning rate' }).click();
  await expect(trials.getByRole('columnheader', { name: /Learning rate/ })).toHaveAttribute('aria-sort', 'ascending');
  await expect(page.locator('canvas')).toBeVisible();
  await shot('search');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Make a run of the best' }).click();
  await expect(page).toHaveURL(/run=run-3/);
});

test('its results: compared on the test set, and the report', async () => {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Train/ })
    .click();
  await page.getByRole('radio', { name: 'Search' }).click();
  await page.getByRole('button', { name: 'Study 1' }).click();
  await page.getByRole('button', { name: 'Compare on the test set' }).click();
  await expect(page.getByText(/McNemar/).first()).toBeVisible();
  await shot('compare');
  await page.goBack();
  await page.getByRole('button', { name: 'Open the report' }).click();
  await expect(page.getByText(/\.pdf/).first()).toBeVisible();
  await shot('report');
});

test('a configuration repeated over seeds, with the spread of its figures', async () => {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Train/ })
    .click();
  await page.getByRole('radio', { name: 'Search' }).click();
  await page.getByRole('button', { name: 'Repeat a run' }).click();
  await page.getByRole('spinbutton').fill('2');
  await shot('repeat-form');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Put them into the queue' }).click();
  await expect(page.getByText('2 of 2 finished')).toBeVisible({ timeout: 120_000 });
  await shot('repeats');
  await expectAccessible(page);
  expect(problems).toEqual([]);
});
