import { checkOperations } from '../../src-main/app/checkOperations.ts';
import { findingsOperations } from '../../src-main/app/findingsOperations.ts';
import { labellingOperations } from '../../src-main/app/labellingOperations.ts';
import { createDecoder } from '../../src-main/library/index.ts';
import type { ProjectStore } from '../../src-main/store/index.ts';
import type { LabelRequest, LabelTableRequest } from '../../src-shared/contract/labelling.ts';

const decoder = createDecoder({ workers: 1 });

/** Labelling of the project that `store` has open, as the application puts it together. */
export function labellingOf(store: ProjectStore) {
  const { refuseTestImages } = findingsOperations(store, { user: 'test' }, checkOperations(store, { decoder }));
  return labellingOperations(store, refuseTestImages);
}

export const classIdIn = (store: ProjectStore, name: string): number =>
  store.classes.classes().find((one) => one.name === name)!.id;

/** A request of Dr. A to label images by id; `name` null takes the label away. */
export const labelRequest = (
  store: ProjectStore,
  imageIds: number[],
  name: string | null,
  more: Partial<LabelRequest> = {},
): LabelRequest => ({
  target: { kind: 'images', imageIds },
  classId: name === null ? null : classIdIn(store, name),
  role: 'reference',
  author: 'Dr. A',
  ...more,
});

export const tableRequest = (text: string, more: Partial<LabelTableRequest> = {}): LabelTableRequest => ({
  text,
  role: 'reference',
  author: 'Dr. A',
  newClasses: false,
  ...more,
});
