import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPictureCache } from './pictureCache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parenchyma-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const picture = (value: number): Uint8Array => new Uint8Array(1000).fill(value);

it('gives back what was put in, also after it was closed', () => {
  const first = createPictureCache(folder);
  first.put('a', picture(1));
  first.close();
  const second = createPictureCache(folder);
  expect(second.get('a')).toEqual(picture(1));
  expect(second.get('b')).toBeNull();
  expect(second.size()).toBe(1000);
  second.close();
});

it('keeps to its size, and lets go what was not looked at for longest', () => {
  const cache = createPictureCache(folder, 10_000);
  for (let index = 0; index < 10; index++) cache.put(`${index}`, picture(index));
  expect(cache.get('0')).toEqual(picture(0));
  for (let index = 10; index < 14; index++) cache.put(`${index}`, picture(index));
  expect(cache.size()).toBeLessThanOrEqual(10_000);
  expect(cache.get('0')).toEqual(picture(0));
  expect(cache.get('1')).toBeNull();
  expect(cache.get('13')).toEqual(picture(13));
  cache.close();
});

it('does not keep one picture that would take most of it', () => {
  const cache = createPictureCache(folder, 2000);
  cache.put('large', picture(1));
  expect(cache.get('large')).toBeNull();
  cache.close();
});

it('begins anew when its file is damaged, and is no cache where none can be written', () => {
  writeFileSync(
    join(folder, 'pictures.sqlite'),
    'not a database at all, but long enough to be looked at as one'.repeat(50),
  );
  const cache = createPictureCache(folder);
  cache.put('a', picture(1));
  expect(cache.get('a')).toEqual(picture(1));
  cache.close();
  writeFileSync(join(folder, 'file'), '');
  const none = createPictureCache(join(folder, 'file', 'below'));
  none.put('a', picture(1));
  expect(none.get('a')).toBeNull();
  none.close();
});
