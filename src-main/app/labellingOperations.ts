/** Labelling as the shells call it, on one open project: what a change would do, the change itself, and how it is taken back. */
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type {
  ChoiceRequest,
  LabelAgreement,
  LabelOutcome,
  LabelPreview,
  LabelRequest,
  LabelTarget,
  nextUnlabelledSchema,
  UndoOutcome,
} from '../../src-shared/contract/labelling.ts';
import { formatQuantity } from '../../src-shared/domain/format.ts';
import type { z } from 'zod';
import { agreedLabels, labelAgreement } from '../evaluation/index.ts';
import type { ProjectStore } from '../store/index.ts';
import type { WishedChange } from '../store/labelling/index.ts';
import type { RefuseTestImages } from './findingsOperations.ts';
import { labelTableOperations } from './labelTableOperations.ts';

export function labellingOperations(store: ProjectStore, refuseTestImages: RefuseTestImages) {
  const { labelling } = store;
  const now = () => new Date().toISOString();

  function imagesOf(target: LabelTarget): number[] {
    if (target.kind === 'images') return [...new Set(target.imageIds)];
    if (target.kind === 'folder') return store.catalogue.folderImages(target.sourceId, target.folder);
    return store.catalogue.imageIds({ filter: target.filter, sort: 'added', descending: false });
  }

  const readerOf = ({ role, author }: Pick<LabelRequest, 'role' | 'author'>): number | null =>
    role === 'reader' ? store.reviews.ensureReader(author, now()) : null;

  function className(classId: number | null): string | null {
    if (classId === null) return null;
    const found = store.classes.classes().find((one) => one.id === classId);
    if (found) return found.name;
    throw new ExpectedError({
      code: 'NOT_FOUND',
      message: 'This class does not exist any more.',
      kept: 'No label was changed.',
      remedy: 'Choose another.',
    });
  }

  function preview(request: LabelRequest): LabelPreview {
    const standing = labelling.standing(imagesOf(request.target), readerOf(request));
    const changing = standing.filter(({ classId }) => classId !== request.classId);
    const from = [...Map.groupBy(changing, ({ classId }) => classId)].map(([classId, all]) => ({
      classId,
      images: all.length,
    }));
    return {
      images: standing.length,
      patients: new Set(standing.map(({ patient }) => patient)).size,
      changes: changing.length,
      changedPatients: new Set(changing.map(({ patient }) => patient)).size,
      from: from.sort((a, b) => b.images - a.images),
      locked: request.role === 'reader' ? 0 : lockedAmong(changing.map(({ id }) => id)),
    };
  }

  function lockedAmong(imageIds: readonly number[]): number {
    if (!store.testLock.state().locked) return 0;
    return store.catalogue.setsOf(imageIds).filter(({ set }) => set === 'test').length;
  }

  function label(request: LabelRequest): LabelOutcome {
    const { classId, author, role } = request;
    const name = className(classId);
    const readerId = readerOf(request);
    const imageIds = imagesOf(request.target);
    if (role === 'reference') {
      const changing = labelling.standing(imageIds, null).filter((image) => image.classId !== classId);
      refuseTestImages(
        changing.map(({ id }) => id),
        'Labels of its images would change.',
      );
    }
    const what = role === 'reader' ? ('reading' as const) : ('label' as const);
    return labelling.carryOut(
      imageIds.map((imageId) => ({ imageId, what, readerId, after: classId })),
      {
        kind: role === 'reader' ? 'read' : 'label',
        origin: request.target.kind === 'folder' ? 'folder' : 'reader',
        author,
        words: (images) => `${formatQuantity(images, 'image')}: ${name ?? 'no label'}`,
        at: now(),
      },
    );
  }

  function turn(kind: 'undo' | 'redo', author: string): UndoOutcome {
    const act = labelling.stack(author)[kind];
    if (act !== null) refuseTestImages(labelling.referenceImages(act.id), 'This would change it.');
    return labelling[kind](author, now());
  }

  /** A decision and the reference label that follows from it, as one act. */
  function asReference(
    wishes: readonly WishedChange[],
    author: string,
    words: (images: number) => string,
  ): LabelOutcome {
    const changing = labelling.referenceOf(wishes.map(({ imageId }) => imageId));
    refuseTestImages(
      wishes.flatMap(({ imageId, after }) => (changing.get(imageId) === after ? [] : [imageId])),
      'Labels of its images would change.',
    );
    return labelling.carryOut(wishes, { kind: 'adjudicate', origin: 'reader', author, words, at: now() });
  }

  return {
    previewLabels: preview,
    labelTarget: label,

    excludeByHand(wish: {
      imageIds: readonly number[];
      excluded: boolean;
      reason: string;
      author: string;
    }): LabelOutcome {
      const { imageIds, excluded, reason, author } = wish;
      refuseTestImages(imageIds, excluded ? 'An image would leave it.' : 'An image would come back into it.');
      return labelling.carryOut(
        imageIds.map((imageId) => ({ imageId, what: 'exclusion', readerId: null, after: excluded ? 1 : 0 })),
        {
          kind: 'exclude',
          origin: 'reader',
          author,
          reason,
          words: (images) => `${formatQuantity(images, 'image')}: ${excluded ? 'excluded' : 'taken in again'}`,
          at: now(),
        },
      );
    },

    labelStack: labelling.stack,
    undoLabels: (author: string) => turn('undo', author),
    redoLabels: (author: string) => turn('redo', author),

    nextUnlabelled({ after, reader, ...query }: z.infer<typeof nextUnlabelledSchema>): number | null {
      const readerId = reader === null ? null : store.reviews.ensureReader(reader, now());
      return labelling.nextUnlabelled(query, after, readerId);
    },

    chooseImages({ query, rule }: ChoiceRequest): number[] {
      if (rule.kind === 'all') return store.catalogue.imageIds(query);
      if (rule.kind === 'series') return labelling.wholeSeries(rule.imageIds);
      return labelling.everyNth(query, rule.n);
    },

    labelAgreement(): LabelAgreement {
      const states = labelling.readerLabels();
      return labelAgreement({
        states,
        reference: labelling.referenceOf([...new Set(states.map(({ imageId }) => imageId))]),
        classIds: store.classes.classes().map(({ id }) => id),
        decided: labelling.decided(),
      });
    },

    disagreements: labelling.disagreements,

    adjudicate({ imageId, classId, author }: { imageId: number; classId: number; author: string }): LabelOutcome {
      const name = className(classId);
      if (!labelling.isDisputed(imageId)) {
        throw new ExpectedError({
          code: 'INVALID_INPUT',
          message: 'Readers do not differ on this image.',
          kept: 'No label was changed.',
          remedy: 'Load the list again.',
        });
      }
      const common = { imageId, readerId: null, after: classId };
      return asReference(
        [
          { ...common, what: 'decision' },
          { ...common, what: 'label' },
        ],
        author,
        () => `third decision: ${name}`,
      );
    },

    takeAgreed(author: string): LabelOutcome {
      const agreed = agreedLabels(labelling.readerLabels());
      return asReference(
        agreed.map(({ imageId, classId }) => ({ imageId, what: 'label', readerId: null, after: classId })),
        author,
        (images) => `${formatQuantity(images, 'image')}: what readers agree on`,
      );
    },

    ...labelTableOperations(store, refuseTestImages),
  };
}
