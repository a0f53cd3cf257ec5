import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { closeSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TrainItem } from '../../../src-shared/contract/compute.ts';
import { changesOf } from '../data/assemble.ts';
import type { Assembler } from '../data/assembler.ts';
import { inBatches } from '../data/batch.ts';
import { createRandom } from '../data/random.ts';
import { elementCount } from '../network/layout.ts';
import type { Operations } from '../network/operations.ts';
import type { PreparedStages } from '../network/stages.ts';
import { makeRoom, removeDrafts } from './featureFiles.ts';
import type { Samples } from './samples.ts';

/**
 * Features of the frozen part, computed once and kept in a file, so that every epoch costs the rest only. Augmentation is
 * then limited to mirroring: the features of the image and of its mirror image are kept, and each epoch draws one of the
 * two. Crops, brightness and contrast change the features anew each time and would need the frozen part each time.
 */
export interface FeatureRequest {
  directory: string;
  /** Everything the features depend on: weights, inputs, architecture, pooling. */
  key: Record<string, unknown>;
  items: readonly TrainItem[];
  mirrored: boolean;
  /** Shape of one image's features. */
  shape: number[];
  /** Decides which of an image and its mirror image an epoch sees. */
  seed: number;
}

export interface FeatureWork<Tensor> {
  ops: Operations<Tensor>;
  assembler: Assembler;
  /** Edge of the images in pixels. */
  size: number;
  frozen: PreparedStages<Tensor>;
  batchSize: number;
  /** Called between batches with the number of images done; throws to stop. */
  onProgress(done: number, total: number): Promise<void>;
}

/** A row per item, then, where mirrored, a row per training item. */
interface Rows {
  plain: Map<number, number>;
  mirrored: Map<number, number>;
  order: { index: number; mirrored: boolean }[];
}

/** Bytes of the features that these items would have. */
export function featureBytes(request: Omit<FeatureRequest, 'directory' | 'key' | 'seed'>): number {
  return layOutRows(request).order.length * elementCount(request.shape) * 4;
}

export async function featureSamples<Tensor>(
  request: FeatureRequest,
  work: FeatureWork<Tensor>,
): Promise<Samples<Tensor>> {
  const rows = layOutRows(request);
  const length = elementCount(request.shape);
  const path = join(request.directory, `features-${hashOf(request, rows)}.f32`);
  await mkdir(request.directory, { recursive: true });
  const expectedBytes = rows.order.length * length * 4;
  const present = await stat(path).catch(() => null);
  if (present?.size !== expectedBytes) {
    await makeRoom(request.directory, expectedBytes, basename(path));
    await compute(path, rows, request, work);
  } else {
    const now = new Date();
    await utimes(path, now, now);
  }
  await work.assembler.close();
  const file = openSync(path, 'r');
  return {
    afterFrozenPart: true,
    async *batches(groups, epoch) {
      for (const items of groups) {
        const values = new Float32Array(items.length * length);
        items.forEach(({ index, repeat = 0 }, place) => {
          const target = values.subarray(place * length, (place + 1) * length);
          const row = (isMirrored(request, epoch, index, repeat) ? rows.mirrored : rows.plain).get(index);
          if (row === undefined || readSync(file, target, 0, length * 4, row * length * 4) !== length * 4) {
            throw new Error('The cached features are incomplete.');
          }
        });
        yield work.ops.upload(values, [items.length, ...request.shape]);
      }
    },
    async close() {
      closeSync(file);
    },
  };
}

function isMirrored({ mirrored, seed }: FeatureRequest, epoch: number | null, index: number, repeat: number): boolean {
  return mirrored && epoch !== null && createRandom(seed, changesOf(epoch, index, repeat)).uniform() < 0.5;
}

function layOutRows({ items, mirrored }: Pick<FeatureRequest, 'items' | 'mirrored'>): Rows {
  const rows: Rows = { plain: new Map(), mirrored: new Map(), order: [] };
  const add = (table: Map<number, number>, index: number, isMirrored: boolean) => {
    if (table.has(index)) return;
    table.set(index, rows.order.length);
    rows.order.push({ index, mirrored: isMirrored });
  };
  for (const { index } of items) add(rows.plain, index, false);
  if (mirrored) {
    for (const { index, set } of items) if (set === 'training') add(rows.mirrored, index, true);
  }
  return rows;
}

function hashOf({ key, shape }: FeatureRequest, { order }: Rows): string {
  return createHash('sha256').update(JSON.stringify({ key, shape, order })).digest('hex').slice(0, 40);
}

async function compute<Tensor>(
  path: string,
  { order }: Rows,
  { directory }: FeatureRequest,
  { ops, assembler, size, frozen, batchSize, onProgress }: FeatureWork<Tensor>,
): Promise<void> {
  await removeDrafts(directory);
  const draft = `${path}.tmp`;
  let file: FileHandle | null = await open(draft, 'w');
  try {
    let done = 0;
    const groups = inBatches(order, batchSize);
    const requests = groups.map((images) => ({ images, augmentation: null }));
    for await (const pixels of assembler.batches(requests)) {
      const input = ops.upload(pixels, [pixels.length / (size * size * 3), size, size, 3]);
      const features = frozen.run(input);
      const values = ops.download(features);
      ops.dispose(input, features);
      await file.appendFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      done += pixels.length / (size * size * 3);
      await onProgress(done, order.length);
    }
    await file.sync();
    await file.close();
    file = null;
    await rename(draft, path);
  } finally {
    await file?.close();
    await rm(draft, { force: true });
  }
}
