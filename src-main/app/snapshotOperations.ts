import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { SnapshotComparison, SnapshotReference, SnapshotSummary } from '../../src-shared/contract/snapshots.ts';
import { compareSnapshots, readSnapshotDocument, type SnapshotDocument } from '../library/index.ts';
import type { ProjectStore } from '../store/index.ts';

/** Frozen states of the data, and what differs between two of them. */
export function snapshotOperations(store: ProjectStore) {
  const now = (): SnapshotDocument => {
    const used = store.classes.classes().filter((one) => one.images > 0);
    return {
      classes: used.map(({ name }) => name),
      positiveClass: used.find(({ positive }) => positive)?.name ?? 'none',
      preprocessing: null,
      images: store.splits.dataset().map((image) => ({ ...image, patient: image.pseudonym })),
    };
  };

  const read = (reference: SnapshotReference): SnapshotDocument => {
    if (reference === 'now') return now();
    const document = store.snapshots.document(reference);
    if (document !== null) return readSnapshotDocument(document);
    throw new ExpectedError({
      code: 'NOT_FOUND',
      message: `There is no snapshot ${reference}.`,
      remedy: 'Choose one of the snapshots listed; each run makes one when it starts.',
    });
  };

  return {
    /** The data as they stand, in the shape of a snapshot. */
    dataNow: now,
    snapshots: (): SnapshotSummary[] => store.snapshots.list(),
    compareSnapshots(before: SnapshotReference, after: SnapshotReference): SnapshotComparison {
      const sentences = compareSnapshots(read(before), read(after));
      const same = sentences.length === 0;
      return { same, sentences: same ? ['Nothing differs: same images, labels, sets and patients.'] : sentences };
    },
  };
}
