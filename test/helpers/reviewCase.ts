/** A project of eight images with one run and its reviews, made anew for every test of the file that imports this. */
import { afterEach, beforeEach } from 'vitest';

import { reviewOperations } from '../../src-main/app/reviewOperations.ts';

import { openProjectStore, type ProjectStore } from '../../src-main/store/index.ts';

import { noMarks } from '../../src-shared/contract/predictionMarks.ts';
import { worklistRequestSchema, type ReadingMode, type SaveReview } from '../../src-shared/contract/review.ts';
import { temporaryFolder } from './commandLine.ts';
import { addMadeRun, madeImageStore } from './madeRun.ts';

export let folder: ReturnType<typeof temporaryFolder>;
export let store: ProjectStore;
export let review: ReturnType<typeof reviewOperations>;
export let run: string;

/** Positive images 1, 3, 5, 7 and negative ones 2, 4, 6, 8, threshold 0.5: the model is wrong on 3 (missed) and 6 (overcalled). */
export const probabilities: Record<number, number> = {
  1: 0.95,
  2: 0.1,
  3: 0.2,
  4: 0.4,
  5: 0.7,
  6: 0.9,
  7: 0.55,
  8: 0.05,
};

beforeEach(() => make(8, 1, (imageId) => probabilities[imageId]!));
afterEach(() => {
  store.close();
  folder.remove();
});

function make(patients: number, perPatient: number, probability: (imageId: number) => number): void {
  folder = temporaryFolder('review');
  store = madeImageStore(folder.path, patients, perPatient);
  run = addMadeRun(store, ({ imageId }) => probability(imageId));
  review = reviewOperations(store);
}

/** Another project in place of the usual one. */
export function makeAnew(...how: Parameters<typeof make>): void {
  store.close();
  folder.remove();
  make(...how);
}

/** As after the end of the program. */
export function openAgain(): void {
  store.close();
  store = openProjectStore(`${folder.path}/Made.parenchyma`);
  review = reviewOperations(store);
}

export const list = (
  wish: Partial<{ mode: ReadingMode; reader: string; order: string; show: string; filter: object }> = {},
) =>
  review.worklist(
    worklistRequestSchema.parse({
      reader: 'A',
      ...wish,
      filter: { run, set: 'validation', ...noMarks, ...wish.filter },
    }),
  );
export const idsOf = (page: { items: { imageId: number }[] }) => page.items.map((row) => row.imageId);
export const say = (imageId: number, verdict: SaveReview['verdict'], more: Partial<SaveReview> = {}) =>
  review.saveReview({
    run,
    set: 'validation',
    imageId,
    reader: 'A',
    mode: 'open',
    verdict,
    classId: null,
    comment: null,
    seconds: null,
    ...more,
  });
export const classId = (name: string) => store.classes.classes().find((one) => one.name === name)!.id;
export const labelOf = (image: number) => store.catalogue.image(image).labels.at(-1)!;

/** Another run is the one that `say` and `list` speak of, until the end of the test. */
export function judge(other: string): void {
  run = other;
}
