import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { VggDescription } from '../../../models/vgg.ts';
import type { TrainItem } from '../../../src-shared/contract/compute.ts';
import { mirror } from '../data/augment.ts';
import { inBatches, normalisedBatch } from '../data/batch.ts';
import type { Inputs } from '../data/inputs.ts';
import { elementCount } from '../network/layout.ts';
import type { Operations } from '../network/operations.ts';
import type { PreparedStages } from '../network/network.ts';
import type { Samples } from './samples.ts';

/**
 * Features of a frozen backbone, computed once and kept in a file, so that every epoch costs the head only. Augmentation is
 * then limited to mirroring: the features of the image and of its mirror image are kept, and each epoch draws one of the
 * two. Crops, brightness and contrast change the features anew each time and would need the backbone each time.
 */
export interface FeatureRequest {
  directory: string;
  /** Everything the features depend on: weights, inputs, architecture, pooling. */
  key: Record<string, unknown>;
  items: readonly TrainItem[];
  mirrored: boolean;
  /** Shape of one image's features. */
  shape: number[];
}

export interface FeatureWork<Tensor> {
  ops: Operations<Tensor>;
  inputs: Inputs;
  normalisation: VggDescription['normalisation'];
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
  if (present?.size !== expectedBytes) await compute(path, rows, request, work);
  const file = openSync(path, 'r');
  return {
    afterFrozenPart: true,
    batch(items, random) {
      const values = new Float32Array(items.length * length);
      items.forEach(({ index }, place) => {
        const chosen = request.mirrored && random !== null && random.uniform() < 0.5 ? rows.mirrored : rows.plain;
        const row = chosen.get(index);
        const target = values.subarray(place * length, (place + 1) * length);
        if (row === undefined || readSync(file, target, 0, length * 4, row * length * 4) !== length * 4) {
          throw new Error('The cached features are incomplete.');
        }
      });
      return work.ops.upload(values, [items.length, ...request.shape]);
    },
    close() {
      closeSync(file);
      work.inputs.close();
    },
  };
}

function layOutRows({ items, mirrored }: FeatureRequest): Rows {
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
  { ops, inputs, normalisation, frozen, batchSize, onProgress }: FeatureWork<Tensor>,
): Promise<void> {
  await removeDrafts(directory);
  const draft = `${path}.tmp`;
  let file: FileHandle | null = await open(draft, 'w');
  try {
    let done = 0;
    for (const batch of inBatches(order, batchSize)) {
      const images = batch.map(({ index, mirrored }) => {
        const pixels = inputs.read(index);
        return mirrored ? mirror(pixels, inputs.size) : pixels;
      });
      const pixels = ops.upload(normalisedBatch(images, inputs.size, normalisation), [
        batch.length,
        inputs.size,
        inputs.size,
        3,
      ]);
      const features = frozen.run(pixels);
      const values = ops.download(features);
      ops.dispose(pixels, features);
      await file.appendFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      done += batch.length;
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

/** What a process that was killed left behind; one job runs at a time in a project. */
async function removeDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/^features-.*\.f32\.tmp$/.test(name)) await rm(join(directory, name), { force: true });
  }
}
