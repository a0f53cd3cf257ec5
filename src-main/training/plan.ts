import { z } from 'zod';
import type { TrainItem } from '../../src-shared/contract/compute.ts';
import type { DatasetImage } from './images.ts';

/**
 * On which images a run is trained and validated, in the order of its inputs, and with which classes. Kept with the run, so that it
 * goes on with the same list when labels or split have changed since.
 */
export const planSchema = z.strictObject({
  version: z.literal(1),
  classes: z.array(z.string()).min(2),
  positive: z.int().nonnegative(),
  snapshotSha256: z.string(),
  /** Image, index of its class, 1 for validation. */
  images: z.array(z.tuple([z.int(), z.int().nonnegative(), z.union([z.literal(0), z.literal(1)])])),
});
export type Plan = z.infer<typeof planSchema>;

export function planOf(
  dataset: readonly DatasetImage[],
  classes: { ids: number[]; names: string[]; positive: number },
  snapshotSha256: string,
): Plan {
  const images = dataset
    .filter((image) => image.set !== 'test')
    .map((image): Plan['images'][number] => [
      image.imageId,
      classes.ids.indexOf(image.classId),
      image.set === 'validation' ? 1 : 0,
    ]);
  return { version: 1, classes: classes.names, positive: classes.positive, snapshotSha256, images };
}

export function itemsOf({ images }: Plan): TrainItem[] {
  return images.map(([, label, validation], index) => ({
    index,
    label,
    set: validation === 1 ? 'validation' : 'training',
  }));
}
