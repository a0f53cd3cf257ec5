import { expect, test, type Locator, type Page } from '@playwright/test';
import { accessibilityFaults, expectAccessible } from '../helpers/accessibility.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { addMadeRuns, importedProject } from '../helpers/evaluatedProject.ts';
import { atScale, layoutFaults } from '../helpers/layout.ts';
import { startLoopback, type Loopback } from '../helpers/loopback.ts';
import { remoteCall } from '../helpers/remoteCall.ts';

/** Every screen on a small monitor and magnified up to twice: nothing out of reach, nothing below anything else, nothing for axe to find. */
test.describe.configure({ mode: 'serial' });

const folder = temporaryFolder('e2e-screens');
let loopback: Loopback;
let page: Page;
const problems: string[] = [];

test.beforeAll(async ({ browser }) => {
  const project = await importedProject(folder.path, 'Screens', { patients: 12, slices: 3 });
  addMadeRuns(project, 3, { tested: true });
  loopback = await startLoopback(folder.path, '--project', project.path);
  page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(loopback.address);
  await page.getByRole('navigation').waitFor();
  await twoReaders();
});

/** Four images read by two, who differ on two of them. */
async function twoReaders(): Promise<void> {
  const project = (await remoteCall(page, 'project/current')) as { classes: { id: number }[] };
  for (const [author, places] of [
    ['Dr. One', [0, 0, 1, 1]],
    ['Dr. Two', [0, 1, 1, 0]],
  ] as const) {
    for (const [image, place] of places.entries()) {
      const target = { kind: 'images', imageIds: [image + 1] };
      await remoteCall(page, 'labelling/label', {
        target,
        classId: project.classes[place]!.id,
        role: 'reader',
        author,
      });
    }
  }
}

test.afterAll(async () => {
  await page?.close();
  await loopback?.stop();
  folder.remove();
});

const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
const heading = (name: string | RegExp) => page.getByRole('heading', { name }).first();
const viewerReady = () => page.locator('[data-testid="viewport"][data-state="ready"]').first();

/** Address, what is there when the screen is, and what else is opened on it. */
const states: readonly [name: string, address: string, there: () => Locator, open?: () => Promise<void>][] = [
  ['Images', 'images?image=1', viewerReady],
  ['Images, every filter', 'images?image=1', viewerReady, () => page.getByText('More filters').click()],
  [
    'Images, patients and series',
    'images?image=1',
    viewerReady,
    () => page.getByRole('radio', { name: 'Patients, series' }).click(),
  ],
  ['Adding images', 'images?import=/nowhere', () => page.getByRole('dialog', { name: 'Add images' })],
  [
    'Excluding',
    'images?image=1',
    viewerReady,
    async () => {
      await page.getByTestId('viewport').focus();
      await press('q');
      await page.getByRole('dialog', { name: /^Exclude/ }).waitFor();
    },
  ],
  ['Labels', 'labels', () => heading('Labels, patients and sets')],
  ['Disagreements', 'labels/disagreements', viewerReady],
  ['Runs', 'train', () => heading('Runs')],
  ['A new run', 'train?run=new', () => page.getByRole('button', { name: /^Start/ }).first()],
  ['A run', 'train?run=run-1', () => heading(/Run 1/)],
  ['Search', 'train/search', () => page.getByRole('heading', { level: 1 }).first()],
  ['A new search', 'train/search?new=search', () => page.getByRole('heading', { level: 1 }).first()],
  ['Results', 'results?run=run-1', () => heading('ROC curve')],
  ['Comparison', 'results/compare?runs=run-1,run-2,run-3', () => page.getByText('ROC curves').first()],
  ['Review', 'review?run=run-1', viewerReady],
  ['Shortcut audit', 'review?run=run-1&view=audit', () => page.getByRole('heading', { level: 1 }).first()],
  ['New studies', 'review?run=run-1&view=new', () => page.getByRole('heading', { level: 1 }).first()],
  ['Report', 'report', () => heading('Report')],
  ['Settings', 'settings', () => heading('Settings')],
  ['Help', 'help', () => heading('Help')],
  ['Keys', 'help', () => heading('Help'), () => press('?')],
];

/** Null when the state is there, else what kept it away. */
async function reach(there: () => Locator, open?: () => Promise<void>): Promise<string | null> {
  try {
    await expect(there()).toBeVisible();
    await open?.();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('every screen at 100, 125, 150 and 200 %', async () => {
  test.setTimeout(300_000);
  const faults: Record<string, string[]> = {};
  const look = async (name: string, percent: number, more: readonly string[] = []) => {
    const found = [...more, ...(await layoutFaults(page))];
    if (found.length > 0) faults[`${name}, ${percent} %`] = found;
  };
  for (const [name, address, there, open] of states) {
    await test.step(name, async () => {
      // Opened at the least and the most; in between the window changes its size while the state is there.
      for (const percent of [200, 100]) {
        await atScale(page, percent);
        await press('Escape');
        await page.goto(`${new URL(page.url()).origin}/#/help?at=${percent}`);
        await page.goto(`${new URL(page.url()).origin}/#/${address}`);
        const missing = await reach(there, open);
        await look(name, percent, missing === null ? await accessibilityFaults(page) : [missing]);
      }
      for (const percent of [125, 150]) {
        await atScale(page, percent);
        await page.waitForTimeout(100);
        await look(name, percent);
      }
    });
  }
  expect(faults).toEqual({});
});

test('what is dropped on the window in a browser, which tells no paths, is answered in plain words', async () => {
  await atScale(page, 100);
  await press('Escape');
  await page.goto(`${new URL(page.url()).origin}/#/labels`);
  await expect(heading('Labels, patients and sets')).toBeVisible();
  const drop = (type: string) =>
    page.evaluate((kind) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['no image'], 'scan.dcm'));
      document.body.dispatchEvent(
        new DragEvent(kind, { bubbles: true, cancelable: true, composed: true, dataTransfer: transfer }),
      );
    }, type);
  await drop('dragover');
  await expect(page.getByText('Drop to add these to the project')).toBeVisible();
  await drop('drop');
  const dialog = page.getByRole('dialog', { name: 'Add images' });
  await expect(dialog).toContainText('A browser does not say where a dropped file lies');
  await expect(page.getByText('Drop to add these to the project')).toBeHidden();
  await expectAccessible(page);
  await press('Escape');
});

test('the page reported no error on the way', () => {
  expect(problems).toEqual([]);
});
