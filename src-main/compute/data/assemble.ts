import type { InputNormalisation } from '../../../models/vgg.ts';
import type { Augmentation } from '../../../src-shared/contract/training.ts';
import { augment, mirror } from '../../../src-shared/domain/augment.ts';
import { normalisedBatch } from './batch.ts';
import type { Inputs } from './inputs.ts';
import { createRandom } from './random.ts';

/** Which images a batch is made of, and what is done to them. */
export interface BatchRequest {
  images: readonly { index: number; mirrored?: boolean; repeat?: number }[];
  /** Random changes. What an image undergoes follows from seed, epoch, image and repeat alone, whoever makes the batch and when. */
  augmentation: { changes: Augmentation; seed: number; epoch: number } | null;
}

/** Purpose of the random numbers that change an image; `repeat` counts how often it came before in the epoch. */
export function changesOf(epoch: number, index: number, repeat: number): string {
  return `augmentation ${epoch} ${index}${repeat === 0 ? '' : ` ${repeat}`}`;
}

/** The batch as the network takes it: `[images, size, size, 3]`, normalised. */
export function assembleBatch(
  inputs: Inputs,
  normalisation: InputNormalisation,
  { images, augmentation }: BatchRequest,
): Float32Array<ArrayBuffer> {
  const levels = images.map(({ index, mirrored, repeat = 0 }) => {
    const stored = inputs.read(index);
    const pixels = mirrored ? mirror(stored, inputs.size) : stored;
    if (augmentation === null) return pixels;
    const { changes, seed, epoch } = augmentation;
    return augment(pixels, inputs.size, changes, createRandom(seed, changesOf(epoch, index, repeat)));
  });
  return normalisedBatch(levels, inputs.size, normalisation);
}
