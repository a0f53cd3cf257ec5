import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import sharp from 'sharp';
import { createRandom } from '../../src-shared/domain/random.ts';
import { expectAccessible } from '../helpers/accessibility.ts';
import { parenchyma, temporaryFolder } from '../helpers/commandLine.ts';
import { startLoopback, type Loopback } from '../helpers/loopback.ts';

/** Findings from being found to being accepted or resolved, in a real browser. */
test.describe.configure({ mode: 'serial' });

const folder = temporaryFolder('findings');
const project = join(folder.path, 'pictures.parenchyma');
let loopback: Loopback;
let page: Page;

/** A picture with shapes of its own, from its number. */
function drawing(number: number): ReturnType<typeof sharp> {
  const random = createRandom(number + 1);
  const shapes = Array.from({ length: 40 }, () => {
    const gray = random.below(256);
    return `<circle cx="${random.below(320)}" cy="${random.below(260)}" r="${4 + random.below(24)}" fill="rgb(${gray},${gray},${gray})"/>`;
  });
  const ground = '<rect width="320" height="260" fill="#222"/>';
  return sharp(Buffer.from(`<svg width="320" height="260">${ground}${shapes.join('')}</svg>`));
}

test.beforeAll(async ({ browser }) => {
  await parenchyma(folder.path, 'create', project);
  for (const [place, set] of (['training', 'validation', 'test'] as const).entries()) {
    for (const [classPlace, label] of ['ill', 'well'].entries()) {
      const directory = join(folder.path, `${label}-${set}`);
      mkdirSync(directory);
      for (let number = 0; number < 3; number++) {
        const id = place * 10 + classPlace * 100 + number;
        await drawing(id)
          .png()
          .toFile(join(directory, `${label}${id}.png`));
      }
      // The first training picture of each class again, under another name, compressed.
      if (set === 'validation')
        await drawing(classPlace * 100)
          .jpeg({ quality: 60 })
          .toFile(join(directory, `again-${label}.jpg`));
      const done = await parenchyma(
        folder.path,
        'import',
        project,
        directory,
        '--label',
        label,
        '--set',
        set,
        '--patients',
        'whole-name',
      );
      expect(done.code, done.stderr).toBe(0);
    }
  }
  loopback = await startLoopback(folder.path, '--project', project);
  page = await browser.newPage();
  await page.goto(loopback.address);
  // The check of the images runs by itself only after an import; here it is asked for.
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Labels/ })
    .click();
  await page.getByRole('button', { name: 'Check the images' }).click();
});

test.afterAll(async () => {
  await page?.close();
  await loopback?.stop();
  folder.remove();
});

test('pairs in two sets are found, counted in the bar at the top, and opened side by side', async () => {
  const panel = page.getByRole('region', { name: 'Findings' });
  await expect(panel).toContainText('2 pairs of nearly the same picture are in both training and validation.', {
    timeout: 60_000,
  });
  await expect(page.getByRole('banner').getByRole('link', { name: '1 finding' })).toBeVisible();
  await expectAccessible(page);
  await panel.getByRole('button', { name: /^Look at: 2 pairs/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('list', { name: 'Images of this case' }).getByRole('listitem')).toHaveCount(2);
  await expect(dialog.getByRole('button', { name: 'Accept this' })).toBeDisabled();
  await expectAccessible(page);
});

test('one pair is accepted with a reason, the other resolved by leaving a picture out', async () => {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Reason/).fill('Two scans that look alike');
  await dialog.getByRole('button', { name: 'Accept this' }).click();
  // The next open pair comes up; there is no second one to accept with it.
  await expect(dialog.getByRole('button', { name: /^Accept all/ })).toBeHidden();
  await expect(dialog).toContainText('open ·');
  await dialog.getByLabel(/^Reason/).fill('The same picture, compressed');
  await dialog.getByRole('checkbox').last().check();
  await dialog.getByRole('button', { name: 'Exclude the chosen' }).click();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByRole('banner').getByRole('link', { name: '1 finding accepted' })).toBeVisible();
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Images/ })
    .click();
  await page.getByText('More filters').click();
  await page.getByRole('combobox', { name: 'Excluded' }).selectOption('yes');
  await expect(page.getByRole('status').filter({ hasText: '1 shown' })).toBeVisible();
  await expectAccessible(page);
});

test('the decisions are there for the report and the command line', async () => {
  await page
    .getByRole('banner')
    .getByRole('button', { name: /project menu/ })
    .click();
  await page.getByRole('button', { name: 'Close project' }).click();
  const listed = await parenchyma(folder.path, 'findings', project);
  const findings = listed.lines[0]!.findings as { state: string; reasons: string[]; cases: object }[];
  expect(findings).toMatchObject([
    { state: 'accepted', reasons: ['Two scans that look alike'], cases: { open: 0, accepted: 1, resolved: 1 } },
  ]);
});
