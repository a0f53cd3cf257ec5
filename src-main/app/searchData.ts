import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { trainItemSchema } from '../../src-shared/contract/compute.ts';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { SearchRequest } from '../../src-shared/contract/search.ts';
import { backendNameSchema, sha256Schema, type BackendName } from '../../src-shared/contract/vocabulary.ts';
import { freezeSnapshot } from '../library/index.ts';
import { writeFileAtomic } from '../platform/files.ts';
import type { ProjectStore } from '../store/index.ts';
import { modelClasses, type DatasetImage, type Snapshot } from '../training/index.ts';
import { trainingDataset } from './trainingDataset.ts';

/** `data.json` of a search: what all of its trials have in common, frozen when it began. */
const searchDataSchema = z.strictObject({
  images: z.array(z.strictObject({ path: z.string(), frame: z.int().nonnegative(), fileSha256: sha256Schema })),
  items: z.array(trainItemSchema),
  classes: z.array(z.string()),
  positive: z.int().nonnegative(),
  backend: backendNameSchema,
  threads: z.int().positive().nullable(),
});
export type SearchData = z.infer<typeof searchDataSchema>;

/** The data as they stand, frozen. */
export function freezeForSearch(store: ProjectStore, { base }: Pick<SearchRequest, 'base'>): Snapshot {
  const { names, positive } = modelClasses({ classes: store.classes.classes });
  return freezeSnapshot({
    images: trainingDataset(store),
    classes: names,
    positiveClass: names[positive]!,
    preprocessing: base.preprocessing,
  });
}

/** The search's data: those that it began with, or the project's where it has not begun and they are what was frozen. */
export async function searchData(
  directory: string,
  store: ProjectStore,
  search: { request: SearchRequest; snapshotSha256: string },
  backend: BackendName,
): Promise<SearchData> {
  const path = join(directory, 'data.json');
  const written = await readFile(path, 'utf8').catch(() => null);
  if (written !== null) return searchDataSchema.parse(JSON.parse(written));
  if (freezeForSearch(store, search.request).sha256 !== search.snapshotSha256) {
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: 'Images, labels or sets changed since the search was made, and it had not begun.',
      kept: 'Nothing of it was computed.',
      remedy: 'Start a new search.',
    });
  }
  const { request } = search;
  const data = { ...plainData(store, trainingDataset(store)), backend, threads: threadsOf(backend, request.workers) };
  await writeFileAtomic(path, JSON.stringify(data));
  return data;
}

function plainData(store: ProjectStore, dataset: DatasetImage[]): Omit<SearchData, 'backend' | 'threads'> {
  const { ids, names, positive } = modelClasses({ classes: store.classes.classes });
  const images = dataset.filter((image) => image.set !== 'test');
  return {
    images: images.map(({ path, frame, fileSha256 }) => ({ path, frame, fileSha256 })),
    items: images.map((image, index) => ({
      index,
      label: ids.indexOf(image.classId),
      set: image.set === 'validation' ? 'validation' : 'training',
    })),
    classes: names,
    positive,
  };
}

/** Each worker's share of the processor; a single worker and a graphics card take what they take. */
function threadsOf(backend: BackendName, workers: number): number | null {
  if (workers === 1 || backend === 'tensorflow-gpu' || backend === 'webgpu') return null;
  return Math.max(1, Math.floor(availableParallelism() / workers));
}
