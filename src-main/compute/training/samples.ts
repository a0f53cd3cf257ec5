import type { VggDescription } from '../../../models/vgg.ts';
import type { TrainItem } from '../../../src-shared/contract/compute.ts';
import type { Augmentation } from '../../../src-shared/contract/training.ts';
import { augment } from '../data/augment.ts';
import { normalisedBatch } from '../data/batch.ts';
import type { Inputs } from '../data/inputs.ts';
import type { Random } from '../data/random.ts';
import type { Operations } from '../network/operations.ts';

/** Gives the tensors that training and validation start from: pixels, or features of a frozen backbone. */
export interface Samples<Tensor> {
  /** @param random where the changes of augmentation are drawn from; null for none, as in validation */
  batch(items: readonly TrainItem[], random: Random | null): Tensor;
  /** Whether `batch` gives the frozen part's output already. */
  readonly afterFrozenPart: boolean;
  close(): void;
}

export function pixelSamples<Tensor>(
  ops: Operations<Tensor>,
  inputs: Inputs,
  normalisation: VggDescription['normalisation'],
  augmentation: Augmentation,
): Samples<Tensor> {
  return {
    afterFrozenPart: false,
    batch(items, random) {
      const images = items.map(({ index }) => {
        const pixels = inputs.read(index);
        return random === null ? pixels : augment(pixels, inputs.size, augmentation, random);
      });
      const values = normalisedBatch(images, inputs.size, normalisation);
      return ops.upload(values, [items.length, inputs.size, inputs.size, 3]);
    },
    close: () => inputs.close(),
  };
}
