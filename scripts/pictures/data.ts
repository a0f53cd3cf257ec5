/** Pictures of the start, of images and their refusals, of the viewer, and of labelling. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { writeCtSeries } from '../../test/helpers/ctFile.ts';
import { remoteCall } from '../../test/helpers/remoteCall.ts';
import { idle, viewerReady, visit, type Studio } from './studio.ts';

const longSeconds = 600;
const thumbnails = (page: Page) => page.getByRole('listbox', { name: 'Thumbnails' });

/** A folder as hospitals have them: a volume, and files that are none. */
export function writeMixedFolder(folder: string): string {
  const mixed = join(folder, 'delivery');
  writeCtSeries(mixed, {
    name: 'volume',
    patient: 'VOLUME',
    rows: 192,
    columns: 192,
    slices: 48,
    spacing: [1.5, 1.5],
    gap: 4,
    intercept: -1024,
    window: { level: 40, width: 400 },
    value: phantom,
  });
  writeCtSeries(mixed, {
    name: 'lost',
    patient: 'LOST',
    rows: 192,
    columns: 192,
    slices: 1,
    spacing: [1.5, 1.5],
    intercept: -1024,
    value: phantom,
  });
  mkdirSync(mixed, { recursive: true });
  writeFileSync(join(mixed, 'broken.dcm'), Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(40)]));
  writeFileSync(join(mixed, 'half.png'), Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
  writeFileSync(join(mixed, 'letter.txt'), 'No image at all.');
  return mixed;
}

/** Stored value of an elliptic body with two lungs and a spine, in HU + 1024. */
function phantom(column: number, row: number, slice: number): number {
  const [x, y, z] = [(column - 96) / 84, (row - 96) / 62, (slice - 24) / 24];
  if (x * x + y * y > 1) return 24;
  const lung = (side: number) => ((x - side * 0.45) / 0.34) ** 2 + (y / 0.62) ** 2 + (z / 1.2) ** 2 < 1;
  if (lung(-1) || lung(1)) {
    const spot = (x + 0.5) ** 2 + (y - 0.1) ** 2 + (z - 0.1) ** 2 < 0.012;
    return spot ? 900 : 170 + ((column * 7 + row * 13 + slice * 5) % 40);
  }
  const spine = (x / 0.12) ** 2 + ((y - 0.68) / 0.16) ** 2 < 1;
  return spine ? 1500 : 1060 + ((column + row + slice) % 12);
}

export async function takeStart(studio: Studio, page: Page): Promise<void> {
  await studio.picture(page, 'start', 'The first minute: three doors', () =>
    page.getByRole('button', { name: /Try the sample study/ }).waitFor(),
  );
  await studio.picture(page, 'new-project', 'A new project', () =>
    page.getByRole('button', { name: /Open folders of images/ }).click(),
  );
  await page.keyboard.press('Escape');
  await remoteCall(page, 'project/create', { name: 'Empty study', directory: null });
  await studio.picture(page, 'library-empty', 'A project without images', async () => {
    await page.reload();
    await visit(page, 'images');
    await page.getByText('No images yet').waitFor();
  });
  await studio.picture(page, 'labels-empty', 'Labels before there is an image', () => visit(page, 'labels'));
  await remoteCall(page, 'project/close');
}

export async function takeImport(studio: Studio, page: Page, mixed: string): Promise<void> {
  await visit(page, '');
  await page.reload();
  await page.getByRole('button', { name: /Try the sample study/ }).click();
  await page.locator('[data-testid="viewport"][data-state="ready"]').waitFor({ timeout: longSeconds * 1000 });
  await idle(page, longSeconds);
  await studio.picture(page, 'import', 'Adding images: which folder is which class', () =>
    visit(page, `images?import=${encodeURIComponent(mixed)}`),
  );
  await studio.picture(page, 'import-done', 'After an import: what came in and what was left out', async () => {
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^(Add|Import)/ })
      .last()
      .click();
    await page
      .getByRole('dialog')
      .getByText(/could not be read/)
      .first()
      .waitFor();
  });
  await page.keyboard.press('Escape');
  await idle(page, longSeconds);
  await studio.picture(page, 'refusals', 'Files that were left out, each with its reason', async () => {
    await page
      .getByRole('button', { name: /left out/ })
      .first()
      .click();
  });
  await page.keyboard.press('Escape');
}

/** From one place of the viewer to another, as shares of its width and height. */
async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const box = (await page.getByTestId('viewport').boundingBox())!;
  await page.mouse.move(box.x + box.width * from[0], box.y + box.height * from[1]);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to[0], box.y + box.height * to[1], { steps: 4 });
  await page.mouse.up();
}

export async function takeViewer(studio: Studio, page: Page): Promise<void> {
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await studio.picture(page, 'images', 'Images: folders, filter and thumbnails beside the viewer', async () => {
    await visit(page, 'images');
    await thumbnails(page).getByRole('option').nth(7).click();
    await viewerReady(page);
  });
  await studio.picture(page, 'filters', 'Filters by everything that is known of an image', () =>
    page.getByText(/^More filters/).click(),
  );
  await page.getByText(/^More filters/).click();
  const volume = async () => {
    const search = page.getByRole('searchbox', { name: 'Search images' });
    await search.fill('volume-');
    await page.waitForTimeout(600);
    await thumbnails(page).locator('[data-place="0"]').click();
    await viewerReady(page);
    await page.getByTestId('viewport').focus();
    await press('PageDown', 'PageDown');
    await viewerReady(page);
  };
  await studio.picture(page, 'viewer-tools', 'The viewer with measurements in HU and millimetres', async () => {
    await volume();
    await press('3', 'e');
    await drag(page, [0.42, 0.66], [0.58, 0.78]);
    await press('l');
    await drag(page, [0.28, 0.38], [0.7, 0.33]);
    await press('w');
  });
  await studio.picture(page, 'viewer-lung', 'Another window, by one key', () => press('1'));
  await studio.picture(page, 'viewer-model', 'What the model sees, by one key', () => press('m'));
  await press('m');
  await studio.picture(page, 'viewer-panes', 'Four panes with linked slices', () => press('9'));
  await press('7');
  await studio.picture(page, 'viewer-planes', 'Three planes of a volume', async () => {
    await press('Shift+m');
    await page.waitForTimeout(4000);
  });
  await press('7');
  await page.getByRole('searchbox', { name: 'Search images' }).fill('');
  await studio.picture(page, 'keys', 'Every key', async () => {
    await page.getByTestId('viewport').focus();
    await press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  });
  await studio.picture(page, 'keys-changed', 'Keys can be changed; whoever needs the same key is named', async () => {
    const invert = page.getByRole('dialog', { name: 'Keys' }).locator('[data-command="invert"]');
    await invert.getByRole('button', { name: /^Key for Invert/ }).click();
    await press('n');
    await invert.getByText(/^Also/).waitFor();
    await invert.scrollIntoViewIfNeeded();
  });
  await page
    .getByRole('button', { name: 'The usual key for Invert' })
    .click()
    .catch(() => undefined);
  await page.keyboard.press('Escape');
}

export async function takeLabels(studio: Studio, page: Page): Promise<void> {
  await studio.picture(page, 'labels', 'Classes, folders, patients, sets and findings', () => visit(page, 'labels'));
  await studio.picture(page, 'folder-effect', 'What a label for a folder would change, before it is done', async () => {
    await page.getByLabel('Class of folder positive').selectOption({ label: 'No ground glass' });
    await page
      .getByText(/are meant/)
      .first()
      .waitFor();
  });
  await page.getByRole('region', { name: 'Folders and their class' }).getByRole('button', { name: 'Undo' }).click();
  await studio.picture(page, 'labelling', 'Labelling a range of images by one key', async () => {
    await visit(page, 'images');
    await thumbnails(page).evaluate((list) => (list.scrollTop = 0));
    await thumbnails(page).locator('[data-place="1"]').click();
    await thumbnails(page)
      .locator('[data-place="6"]')
      .click({ modifiers: ['Shift'] });
    await viewerReady(page);
  });
  await studio.picture(page, 'choose', 'Choosing images by rule', () =>
    page.getByRole('button', { name: 'Choose', exact: true }).click(),
  );
  await page.keyboard.press('Escape');
  await studio.picture(page, 'exclude', 'Excluding with a reason', async () => {
    await page.getByTestId('viewport').focus();
    await page.keyboard.press('q');
  });
  await page.keyboard.press('Escape');
  await takeReaders(studio, page);
  await studio.picture(
    page,
    'label-table',
    'Labels from a table: what would change, and refusals by line',
    async () => {
      await visit(page, 'labels');
      const table =
        'file,label\nnobody.dcm,Ground glass\n,Ground glass\nvolume-0001.dcm,Ground glass\nvolume-0002.dcm,Tumour\n';
      await page
        .getByRole('region', { name: 'Labels as a table' })
        .locator('input[type=file]')
        .setInputFiles({ name: 'labels.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
      await page
        .getByRole('dialog')
        .getByText(/left out/)
        .waitFor();
    },
  );
  await page.keyboard.press('Escape');
  await studio.picture(page, 'findings', 'Findings on the data, before anything is trained on it', async () => {
    await visit(page, 'labels#findings');
    await page.locator('#findings').scrollIntoViewIfNeeded();
  });
}

async function takeReaders(studio: Studio, page: Page): Promise<void> {
  const query = { filter: {}, sort: 'patient', descending: false };
  const all = (await remoteCall(page, 'library/imageIds', query)) as number[];
  // Of several patients of both classes: some of each.
  const ids = all.filter((_, place) => place % 23 === 0).slice(0, 24);
  const project = (await remoteCall(page, 'project/current')) as { classes: { id: number }[] };
  const [first, second] = project.classes.map(({ id }) => id);
  for (const [place, imageId] of ids.entries()) {
    for (const [author, differs] of [
      ['Dr. Adler', place % 7 === 3],
      ['Dr. Brandt', place % 5 === 1],
    ] as const) {
      const { classId: reference } = (await remoteCall(page, 'library/image', { id: imageId })) as {
        classId: number | null;
      };
      const other = reference === first ? second : first;
      const classId = differs ? other : (reference ?? first);
      const target = { kind: 'images', imageIds: [imageId] };
      await remoteCall(page, 'labelling/label', { target, classId, role: 'reader', author });
    }
  }
  await studio.picture(page, 'readers', 'Two readers’ own labels and how well they agree', async () => {
    await visit(page, 'labels');
    await page.getByRole('region', { name: 'Readers' }).scrollIntoViewIfNeeded();
  });
  await studio.picture(page, 'disagreements', 'Where readers differ: one key decides', async () => {
    await visit(page, 'labels/disagreements');
    await viewerReady(page);
  });
  await studio.picture(page, 'reading', 'A reader’s own labels, blind to the reference', async () => {
    await visit(page, 'images');
    await page.getByRole('radio', { name: 'My reading' }).click();
    await thumbnails(page).getByRole('option').nth(4).click();
    await viewerReady(page);
  });
  await page.getByRole('radio', { name: 'Reference' }).click();
}
