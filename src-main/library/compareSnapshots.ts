/** What differs between two frozen states of the data, in the words in which one would tell it. */
import type { Preprocessing } from '../../src-shared/contract/training.ts';
import { setNames } from '../../src-shared/contract/vocabulary.ts';
import { formatQuantity } from '../../src-shared/domain/format.ts';
import type { FrozenImage, SnapshotDocument } from './snapshot.ts';

/** Sentences, the weightiest first; empty when nothing differs. `preprocessing` is left out where one side has none. */
export function compareSnapshots(before: SnapshotDocument, after: SnapshotDocument): string[] {
  const earlier = byImage(before.images);
  const later = byImage(after.images);
  const common = [...later].flatMap(([key, image]) => {
    const then = earlier.get(key);
    return then === undefined ? [] : [{ then, now: image }];
  });
  return [
    ...added(
      after.images.filter((image) => !earlier.has(keyOf(image))),
      'added to',
    ),
    ...added(
      before.images.filter((image) => !later.has(keyOf(image))),
      'removed from',
    ),
    ...counted(
      common.filter(({ then, now }) => then.set !== now.set),
      ({ then, now }) => `moved from ${then.set} to ${now.set}`,
    ),
    ...counted(
      common.filter(({ then, now }) => then.className !== now.className),
      ({ then, now }) => `relabelled from ${then.className} to ${now.className}`,
    ),
    ...patients(common),
    ...classes(before, after),
    ...preprocessing(before.preprocessing, after.preprocessing),
  ];
}

const keyOf = (image: FrozenImage) => `${image.fileSha256}:${image.frame}`;

function byImage(images: readonly FrozenImage[]): Map<string, FrozenImage> {
  return new Map(images.map((image) => [keyOf(image), image]));
}

function added(images: readonly FrozenImage[], verb: string): string[] {
  return setNames.flatMap((set) => {
    const own = images.filter((image) => image.set === set);
    if (own.length === 0) return [];
    const names = [...new Set(own.map(({ className }) => className))].sort();
    const classes = names.map((name) => `${own.filter(({ className }) => className === name).length} ${name}`);
    const detail = names.length > 1 ? ` (${classes.join(', ')})` : ` (${names[0]!})`;
    return `${formatQuantity(own.length, 'image')} ${verb} ${set}${detail}.`;
  });
}

function counted<T>(pairs: readonly T[], words: (pair: T) => string): string[] {
  const counts = new Map<string, number>();
  for (const pair of pairs) counts.set(words(pair), (counts.get(words(pair)) ?? 0) + 1);
  return [...counts]
    .sort(([a, na], [b, nb]) => nb - na || (a < b ? -1 : 1))
    .map(([sentence, count]) => `${formatQuantity(count, 'image')} ${sentence}.`);
}

/** Pseudonyms name the same patients in both when no image changed its own. */
function patients(common: readonly { then: FrozenImage; now: FrozenImage }[]): string[] {
  const changed = common.filter(({ then, now }) => then.patient !== now.patient).length;
  return changed === 0 ? [] : [`${formatQuantity(changed, 'image')} given to another patient.`];
}

function classes(before: SnapshotDocument, after: SnapshotDocument): string[] {
  const sentences: string[] = [];
  const fresh = after.classes.filter((name) => !before.classes.includes(name));
  const gone = before.classes.filter((name) => !after.classes.includes(name));
  if (fresh.length > 0) sentences.push(`New ${fresh.length === 1 ? 'class' : 'classes'}: ${fresh.join(', ')}.`);
  if (gone.length > 0) sentences.push(`No longer used: ${gone.join(', ')}.`);
  if (before.positiveClass !== after.positiveClass) {
    sentences.push(`The positive class changed from ${before.positiveClass} to ${after.positiveClass}.`);
  }
  return sentences;
}

function preprocessing(before: Preprocessing | null, after: Preprocessing | null): string[] {
  if (before === null || after === null) return [];
  const sentences: string[] = [];
  const words = ({ window }: Preprocessing) =>
    window === null ? 'each file’s own' : `${window.width}/${window.level}`;
  if (words(before) !== words(after)) {
    sentences.push(`The window (width/level) changed from ${words(before)} to ${words(after)}.`);
  }
  if (before.imageSize !== after.imageSize) {
    sentences.push(`The input size changed from ${before.imageSize} to ${after.imageSize} pixels.`);
  }
  return sentences;
}
