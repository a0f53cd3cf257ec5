/** Pictures of training, results, review, report, and of the rest of the window. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { remoteCall } from '../../test/helpers/remoteCall.ts';
import { idle, viewerReady, visit, type Studio } from './studio.ts';

const trainingSeconds = 900;

export async function takeTraining(studio: Studio, page: Page): Promise<void> {
  await studio.picture(page, 'runs-empty', 'Train, before the first run', () => visit(page, 'train'));
  await studio.picture(page, 'new-run', 'Setting up a training', async () => {
    await visit(page, 'train?run=new');
    await page.waitForTimeout(3000);
  });
  const defaults = (await remoteCall(page, 'training/defaults')) as Record<string, unknown>;
  const quick = {
    ...defaults,
    head: 'compact',
    freeze: 'backbone',
    weights: null,
    epochs: 20,
    batchSize: 16,
    learningRate: 3e-3,
    preprocessing: { imageSize: 64, window: { level: -600, width: 1500 } },
  };
  await takeLiveRun(studio, page, {
    ...quick,
    freeze: 'none',
    preprocessing: { ...quick.preprocessing, imageSize: 32 },
  });
  const first = await startRun(page, { ...quick, architecture: 'vgg19_bn' });
  await idle(page, trainingSeconds);
  await startRun(page, { ...quick, architecture: 'vgg16' });
  await idle(page, trainingSeconds);
  await studio.picture(page, 'run', 'A finished run with its curves', () => visit(page, `train?run=${first}`));
  await studio.picture(page, 'runs', 'All runs in one table', () => visit(page, 'train'));
  await takeSearch(studio, page, quick);
}

/** A run that is pictured while it trains, and cancelled then. */
async function takeLiveRun(studio: Studio, page: Page, configuration: object): Promise<void> {
  const run = await startRun(page, { ...configuration, architecture: 'vgg16', epochs: 60 });
  await studio.picture(page, 'run-live', 'A run under way', async () => {
    await visit(page, `train?run=${run}`);
    await page.getByRole('heading', { name: /Run 1/ }).first().waitFor();
    const epochs = async () =>
      ((await remoteCall(page, 'training/run', { run })) as { epochs: unknown[] }).epochs.length;
    for (let second = 0; second < 150 && (await epochs()) < 3; second += 1) await page.waitForTimeout(1000);
  });
  await remoteCall(page, 'training/cancel', { run });
  await idle(page, trainingSeconds);
}

async function takeSearch(studio: Studio, page: Page, base: object): Promise<void> {
  await studio.picture(page, 'search-empty', 'Search, before the first', () => visit(page, 'train/search'));
  await studio.picture(page, 'new-search', 'Setting up a search over declared ranges', async () => {
    await visit(page, 'train/search?new=search');
    await page.waitForTimeout(2000);
  });
  await studio.picture(page, 'new-comparison', 'Setting up a comparison of the two architectures', async () => {
    await visit(page, 'train/search?new=study');
    await page.waitForTimeout(2000);
  });
  await studio.picture(page, 'new-repeats', 'Setting up repeats over seeds or folds', async () => {
    await visit(page, 'train/search?new=repeat');
    await page.waitForTimeout(2000);
  });
  const { search } = (await remoteCall(page, 'searches/start', {
    base,
    space: {
      parameters: {
        learningRate: { kind: 'logUniform', low: 1e-4, high: 1e-2 },
        batchSize: { kind: 'choice', values: [8, 16] },
      },
    },
    budget: { trials: 4 },
  })) as { search: string };
  await studio.picture(page, 'search', 'Trials of a search, the best first', async () => {
    await visit(page, `train/search?search=${search}`);
    await idle(page, 240).catch(() => remoteCall(page, 'searches/cancel', { search }));
    await idle(page, 60);
  });
  await studio.picture(page, 'searches', 'Searches and comparisons', () => visit(page, 'train/search'));
}

async function startRun(page: Page, configuration: object): Promise<string> {
  const { run } = (await remoteCall(page, 'training/start', configuration)) as { run: string };
  return run;
}

export async function takeResults(studio: Studio, page: Page): Promise<void> {
  const runs = (await remoteCall(page, 'training/runs')) as { id: string; number: number; state: string }[];
  const [first, second] = runs
    .filter(({ state }) => state === 'finished')
    .toSorted((one, other) => one.number - other.number)
    .map(({ id }) => id);
  for (const run of [first, second]) {
    await remoteCall(page, 'evaluation/start', { run, set: 'validation' });
    await idle(page, trainingSeconds);
  }
  await studio.picture(page, 'results', 'Results on the validation set', async () => {
    await visit(page, `results?run=${first}`);
    await page.getByRole('heading', { name: 'ROC curve' }).waitFor();
  });
  await studio.picture(page, 'open-test', 'Opening the test set: on purpose and by name', async () => {
    await page
      .getByRole('radio', { name: 'Test' })
      .or(page.getByRole('button', { name: 'Test', exact: true }))
      .first()
      .click();
    await page.getByRole('button', { name: /Open the test set/ }).click();
  });
  await studio.picture(page, 'results-test', 'Results on the test set', async () => {
    const dialog = page.getByRole('dialog', { name: 'Open the test set?' });
    await dialog.getByLabel(/Who opens it/).fill('Dr. Example');
    await dialog.getByRole('checkbox').check();
    await dialog.getByRole('button', { name: 'Open the test set' }).click();
    await page.getByRole('heading', { name: 'ROC curve' }).waitFor({ timeout: trainingSeconds * 1000 });
  });
  await page.keyboard.press('Escape');
  await studio.picture(page, 'comparison', 'Two runs on the same images', async () => {
    await visit(page, `results/compare?runs=${first},${second}&run=${first}&run=${second}`);
    await page.waitForTimeout(3000);
  });
  await takeReview(studio, page, first ?? '');
}

async function takeReview(studio: Studio, page: Page, run: string): Promise<void> {
  await studio.picture(page, 'review', 'Review: prediction by prediction', async () => {
    await visit(page, `review?run=${run}&set=validation`);
    await page.getByRole('grid', { name: 'Predictions' }).waitFor();
    await viewerReady(page);
  });
  await studio.picture(page, 'heat-map', 'What speaks for the class: the heat map', async () => {
    await page.keyboard.press('h');
    await page.getByTestId('heat-map').waitFor({ timeout: 120_000 });
  });
  await page.keyboard.press('h');
  await studio.picture(page, 'review-blinded', 'Blinded reading: the prediction is hidden until answered', async () => {
    await page.getByRole('radio', { name: /^Blinded/ }).click();
    await viewerReady(page);
  });
  await studio.picture(page, 'audit', 'Shortcut audit: does the model look at the patient?', async () => {
    await visit(page, `review?run=${run}&view=audit`);
    await page
      .getByRole('button', { name: /audit|Look/i })
      .first()
      .click();
    await idle(page, trainingSeconds);
  });
  await studio.picture(page, 'new-studies', 'New studies: predictions with the warning before them', () =>
    visit(page, `review?run=${run}&view=new`),
  );
}

export async function takeRest(studio: Studio, page: Page): Promise<void> {
  await studio.picture(page, 'report', 'The report', async () => {
    await visit(page, 'report');
    await page.getByLabel(/Who answers for it/).fill('Dr. Example');
    await page.getByRole('button', { name: 'Write report' }).click();
    await page
      .getByText('Writing the report')
      .waitFor({ timeout: 10_000 })
      .catch(() => undefined);
    await idle(page, 180);
    await page.getByText(/\.pdf/).first().waitFor();
  });
  await studio.picture(page, 'settings', 'Settings', () => visit(page, 'settings'));
  await studio.picture(page, 'help', 'Help', () => visit(page, 'help'));
  await studio.picture(page, 'device', 'What computes, and why', async () => {
    await visit(page, 'images');
    await page
      .getByRole('banner')
      .getByRole('button', { name: /CPU|GPU|Device|processor|TensorFlow/i })
      .last()
      .click();
  });
  await page.keyboard.press('Escape');
  await studio.picture(page, 'light', 'The light theme, for the office', async () => {
    await page.evaluate(() => (document.documentElement.dataset.theme = 'light'));
    await visit(page, 'labels');
  });
  await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'));
  await studio.picture(page, 'magnified', 'At 200 % of the usual size', async () => {
    await page.setViewportSize({ width: 683, height: 384 });
    await visit(page, 'images');
    await viewerReady(page);
  });
  await page.setViewportSize({ width: 1366, height: 768 });
}

/** A library of thousands of images, and what the window says when something is wrong. */
export async function takeHuge(studio: Studio, page: Page, project: string): Promise<void> {
  if (!existsSync(join(project, 'project.sqlite'))) throw new Error('The large project was not made.');
  await studio.picture(page, 'library-huge', 'A library of thousands of images', async () => {
    await page
      .getByRole('banner')
      .getByText(/images/)
      .waitFor({ timeout: 60_000 });
    await visit(page, 'images');
    await page.getByRole('listbox', { name: 'Thumbnails' }).getByRole('option').first().click();
    await viewerReady(page);
    await page.getByRole('slider', { name: 'Size of the thumbnails' }).fill('64');
    await page.getByRole('listbox', { name: 'Thumbnails' }).evaluate((list) => (list.scrollTop = 20_000));
    await page.waitForTimeout(3000);
  });
}

export async function takeErrors(studio: Studio, page: Page, mixed: string, stop: () => Promise<void>): Promise<void> {
  await studio.picture(page, 'error-image', 'A picture that cannot be read any more', async () => {
    // Of a series that nobody has looked at: what has been seen is kept in the page's memory.
    rmSync(join(mixed, 'lost', 'lost-0001.dcm'));
    await visit(page, 'images');
    await page.getByRole('searchbox', { name: 'Search images' }).fill('lost-0001');
    await page.waitForTimeout(1000);
    await page.getByRole('listbox', { name: 'Thumbnails' }).getByRole('option').first().click();
    await page.locator('[data-testid="viewport"][data-state="error"]').waitFor();
  });
  await studio.picture(page, 'error-connection', 'The connection to the program is lost', async () => {
    await stop();
    await page.waitForTimeout(3000);
  });
}
