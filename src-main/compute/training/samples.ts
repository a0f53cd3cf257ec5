import type { TrainItem } from '../../../src-shared/contract/compute.ts';
import type { Augmentation } from '../../../src-shared/contract/training.ts';
import type { Assembler } from '../data/assembler.ts';
import type { Operations } from '../network/operations.ts';

/** An image to be given; `repeat` counts how often it came before in the epoch. */
export type SampleItem = TrainItem & { repeat?: number };

/** Gives the tensors that training and validation start from: pixels, or features of a frozen part. */
export interface Samples<Tensor> {
  /**
   * A tensor for each group of items, in order; the caller disposes of each.
   *
   * @param epoch decides the random changes of a training epoch; null for none, as in validation
   */
  batches(groups: readonly (readonly SampleItem[])[], epoch: number | null): AsyncGenerator<Tensor>;
  /** Whether `batches` gives the frozen part's output already. */
  readonly afterFrozenPart: boolean;
  close(): Promise<void>;
}

export function pixelSamples<Tensor>(
  ops: Operations<Tensor>,
  assembler: Assembler,
  size: number,
  { changes, seed }: { changes: Augmentation; seed: number },
): Samples<Tensor> {
  return {
    afterFrozenPart: false,
    async *batches(groups, epoch) {
      const augmentation = epoch === null ? null : { changes, seed, epoch };
      const requests = groups.map((items) => ({
        images: items.map(({ index, repeat }) => ({ index, repeat })),
        augmentation,
      }));
      let place = 0;
      for await (const values of assembler.batches(requests)) {
        yield ops.upload(values, [groups[place]!.length, size, size, 3]);
        place += 1;
      }
    },
    close: () => assembler.close(),
  };
}
