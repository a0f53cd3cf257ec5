import type { ProjectStore } from '../store/index.ts';
import type { DatasetImage } from '../training/index.ts';

/** Labelled images of the split in force; those that readers excluded are in no later snapshot. */
export function trainingDataset(store: ProjectStore): DatasetImage[] {
  const excluded = store.reviews.excludedImages();
  return store.splits.dataset().filter((image) => !excluded.has(image.imageId));
}
