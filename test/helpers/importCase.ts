/** A fresh project for every test of the file that imports this, and pictures to import into . */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Progress } from '../../src-shared/contract/progress.ts';
import { createDecoder, importPaths, type Decoder } from '../../src-main/library/index.ts';

import { openProjectStore, type ProjectStore } from '../../src-main/store/index.ts';

export let decoder: Decoder;
export let folder: string;
export let store: ProjectStore;

beforeAll(() => {
  decoder = createDecoder();
});
afterAll(() => decoder.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parenchyma-import-'));
  store = openProjectStore(join(folder, 'test.parenchyma'));
  store.project.initialise('test', '2026-01-01T00:00:00Z', '0');
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true, force: true });
});

export interface Options {
  label?: string;
  signal?: AbortSignal;
  onProgress?: (progress: Omit<Progress, 'job'>) => void;
}

export async function importInto(paths: string[], { label, signal, onProgress }: Options = {}) {
  const context = { report: onProgress ?? (() => {}), signal: signal ?? new AbortController().signal };
  const outcome = await importPaths(
    { store: store.imports, decoder },
    { paths, label: label ?? null, patientRule: null },
    context,
  );
  if (label !== undefined) {
    const by = { origin: 'folder' as const, author: 'test', at: '2026-01-01T00:00:00Z' };
    store.classes.label(outcome.seen, store.classes.ensureClass(label), by);
  }
  return outcome;
}

/** A small gray PNG whose pixels depend on `seed`. */
export async function picture(path: string, seed: number): Promise<void> {
  const pixels = Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 7 + seed * 13) % 256));
  pixels[0] = seed >> 8;
  await sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
    .png()
    .toFile(path);
}

export async function pictures(names: readonly string[], below = 'images'): Promise<string> {
  const path = join(folder, below);
  await mkdir(path, { recursive: true });
  for (const [seed, name] of names.entries()) {
    await mkdir(join(path, name, '..'), { recursive: true });
    await picture(join(path, name), seed);
  }
  return path;
}
