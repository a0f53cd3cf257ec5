import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { startLoopback, type Loopback } from '../helpers/loopback.ts';

const folder = temporaryFolder('e2e');
let loopback: Loopback;

test.beforeAll(async () => {
  mkdirSync(join(folder.path, 'pictures', 'patient 1'), { recursive: true });
  loopback = await startLoopback(folder.path);
});

test.afterAll(async () => {
  await loopback?.stop();
  folder.remove();
});

test('a path is typed over the old one while the first list is still on its way', async ({ page }) => {
  await page.goto(loopback.address);
  let answerFirst = () => {};
  const held = new Promise<void>((resolve) => (answerFirst = resolve));
  await page.route('**/rpc/system/browse', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('button', { name: /Open folders of images/ }).click();
  await page.getByRole('button', { name: 'Add a folder' }).click();
  const field = page.getByRole('textbox', { name: 'Path' });
  await field.click();
  await page.keyboard.press('Control+A');

  answerFirst();
  const list = page.getByRole('list', { name: 'Folder contents' });
  await expect(list).toHaveAttribute('aria-busy', 'false');
  await page.keyboard.insertText(join(folder.path, 'pictures'));
  await expect(field).toHaveValue(join(folder.path, 'pictures'));

  await page.keyboard.press('Enter');
  await expect(list.getByRole('button', { name: 'patient 1' })).toBeVisible();
  await list.getByRole('button', { name: 'patient 1' }).click();
  await expect(field).toHaveValue(join(folder.path, 'pictures', 'patient 1'));
});
