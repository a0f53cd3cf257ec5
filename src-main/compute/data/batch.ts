import type { VggDescription } from '../../../models/vgg.ts';

/**
 * Gray images as the network takes them: `[count, size, size, 3]`, each channel (level / 255 − mean) / deviation.
 *
 * @param images gray levels 0 … 255, size² each
 */
export function normalisedBatch(
  images: readonly (Uint8Array | Float32Array)[],
  size: number,
  { mean, deviation }: VggDescription['normalisation'],
): Float32Array<ArrayBuffer> {
  const pixels = size * size;
  const result = new Float32Array(images.length * pixels * 3);
  const factors = deviation.map((one) => 1 / (255 * one));
  const offsets = mean.map((one, channel) => -one / deviation[channel]!);
  let place = 0;
  for (const image of images) {
    for (let index = 0; index < pixels; index += 1) {
      const level = image[index]!;
      result[place] = level * factors[0]! + offsets[0]!;
      result[place + 1] = level * factors[1]! + offsets[1]!;
      result[place + 2] = level * factors[2]! + offsets[2]!;
      place += 3;
    }
  }
  return result;
}

/** Consecutive groups of at most `size`. */
export function inBatches<Item>(items: readonly Item[], size: number): Item[][] {
  const batches: Item[][] = [];
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size));
  return batches;
}
