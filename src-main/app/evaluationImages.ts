import { formatQuantity } from '../../src-shared/domain/format.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import type { EvaluationImage } from '../evaluation/index.ts';
import { readSnapshot } from '../library/index.ts';
import type { ProjectStore } from '../store/index.ts';

type FrozenImage = EvaluationImage & { set: SetName };

const elsewhere =
  'This model was trained elsewhere. On which images is not known here, so whether it has seen any of these cannot be checked.';

const key = (image: { fileSha256: string; frame: number }) => `${image.fileSha256}:${image.frame}`;

/**
 * Which images a run is judged on, with which labels. What readers relabel after a run was started, or exclude after the test set was opened,
 * changes neither for that run: its own snapshot decides. What they change of the test set for later runs is said in words.
 */
export function evaluationImages(store: ProjectStore) {
  /** The images of a run's snapshot as they stand in the library now, with the label and set they had when it was frozen. */
  const frozen = (run: string): { images: FrozenImage[]; missing: Record<SetName, number> } => {
    const missing = { training: 0, validation: 0, test: 0 };
    const document = store.runs.snapshot(run);
    // A model from elsewhere: what this project holds now is all that it can be judged on.
    if (document === null) return { images: store.splits.dataset(), missing };
    const now = new Map(store.splits.everyLabelled().map((image) => [key(image), image]));
    const classIds = new Map(store.classes.classes().map((one) => [one.name, one.id]));
    const images = readSnapshot(document).flatMap((then) => {
      const image = now.get(key(then));
      if (!image) {
        missing[then.set] += 1;
        return [];
      }
      const { set, className } = then;
      return [{ ...image, set, className, classId: classIds.get(className) ?? image.classId }];
    });
    return { images, missing };
  };

  /** Images of the test set in force: those that the run's snapshot knows as it knows them, the others as they are now. */
  const test = (run: string): EvaluationImage[] => testOf(run).images;

  /**
   * What was excluded before anybody opened the test set is in no test: nothing had been seen of it. What was excluded later stays in the test of
   * the runs that knew it.
   */
  const leavesTest = (known: ReadonlyMap<string, unknown>) => {
    const opened = store.evaluations.openings()[0]?.at ?? null;
    const excluded = new Map(store.exclusions.excluded().map(({ imageId, at }) => [imageId, at]));
    return (image: { imageId: number; fileSha256: string; frame: number }): boolean => {
      const at = excluded.get(image.imageId);
      return at !== undefined && (!known.has(key(image)) || opened === null || at < opened);
    };
  };

  const testOf = (run: string) => {
    const known = new Map(frozen(run).images.map((image) => [key(image), image]));
    const leaves = leavesTest(known);
    const current = store.splits.everyLabelled().filter((image) => image.set === 'test');
    const images = current
      .filter((image) => !leaves(image))
      .map((image): EvaluationImage => {
        const then = known.get(key(image));
        return then ? { ...image, className: then.className, classId: then.classId } : image;
      });
    const relabelled = current.filter((image) => {
      const then = known.get(key(image));
      return then !== undefined && then.className !== image.className;
    }).length;
    const left = current.filter(leaves).length;
    return { images, relabelled, left };
  };

  /** What a reader of the figures must know of labels and images that changed; empty where nothing did. */
  const notes = (run: string, set: 'validation' | 'test'): string[] => {
    const foreign = store.runs.snapshot(run) === null ? [elsewhere] : [];
    const lost = frozen(run).missing[set];
    const found =
      lost === 0
        ? foreign
        : [
            ...foreign,
            `${formatQuantity(lost, 'image')} of the run’s own ${set} set ${lost === 1 ? 'is' : 'are'} not labelled any more or gone, and left out.`,
          ];
    if (set === 'validation') return found;
    const { images, relabelled, left } = testOf(run);
    if (relabelled > 0) {
      found.push(
        `${formatQuantity(relabelled, 'test image')} ${relabelled === 1 ? 'has' : 'have'} another label by now; the run is tested with the labels of its own snapshot.`,
      );
    }
    if (left > 0) {
      found.push(
        `${formatQuantity(left, 'test image')} ${left === 1 ? 'was' : 'were'} excluded by readers and left out.`,
      );
    }
    const unread = [...frozen(run).images, ...images].filter(({ pixelSha256 }) => pixelSha256 === null).length;
    if (unread > 0) {
      found.push(
        `${formatQuantity(unread, 'image')} of this run could not be read any more when pictures were compared: whether ${unread === 1 ? 'it shows' : 'they show'} the same as others is not known.`,
      );
    }
    const opened = store.evaluations.openings()[0]?.at;
    if (opened === undefined) return found;
    const before = store.reviews.labelsBefore(opened);
    const changed = images.filter(({ imageId, className }) => {
      const label = before.get(imageId);
      return label !== undefined && label !== className;
    }).length;
    if (changed > 0) {
      found.push(
        `${formatQuantity(changed, 'label')} of this test set ${changed === 1 ? 'was' : 'were'} changed after the set was first opened on ${opened.slice(0, 10)}: these figures and earlier ones are not of the same reference standard.`,
      );
    }
    return found;
  };

  return { frozen, test, notes };
}
