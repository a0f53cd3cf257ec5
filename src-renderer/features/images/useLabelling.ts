/** Labels by hand: a key is answered at once, the next image is there already, and what was said is recorded behind it in order. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import type { Failure } from '../../../src-shared/contract/errors.ts';
import type { LabelStack, UndoOutcome } from '../../../src-shared/contract/labelling.ts';
import type { ImageRow, imageQuerySchema } from '../../../src-shared/contract/library.ts';
import { formatQuantity } from '../../../src-shared/domain/format.ts';
import type { z } from 'zod';
import { useClient } from '../../api/client.ts';
import { toFailure } from '../../api/failure.ts';
import type { Pages } from '../../api/usePages.ts';
import { useLibraryView } from '../../stores/libraryView.ts';
import { useReader } from '../../stores/reader.ts';
import { loadAhead } from '../../viewer/loadAhead.ts';

/** More images than these are labelled only after their number was seen. */
export const mostAtOnce = 200;
const imagesAhead = 3;

interface Parts {
  pages: Pages<ImageRow>;
  query: () => z.infer<typeof imageQuerySchema>;
  /** Images that a key is about: the one in view, or all chosen ones. */
  chosen: Ref<readonly number[]>;
  current: Ref<number | null>;
  go: (imageId: number) => void;
}

export function useLabelling({ pages, query, chosen, current, go }: Parts) {
  const client = useClient();
  const view = useLibraryView();
  const reader = useReader();
  const failure = shallowRef<Failure | null>(null);
  const notice = ref('');
  const stack = shallowRef<LabelStack>({ undo: null, redo: null });
  /** What is said is recorded one after the other, in the order of the keys. */
  let queue: Promise<unknown> = Promise.resolve();
  const role = computed(() => view.role);
  const author = computed(() => reader.name);

  async function loadStack(): Promise<void> {
    if (author.value === '') return;
    try {
      stack.value = await client.labelling.stack({ author: author.value });
    } catch (error) {
      failure.value = toFailure(error);
    }
  }
  watch(author, loadStack, { immediate: true });

  const labelOf = (row: ImageRow): number | null => (role.value === 'reader' ? row.reading : row.classId);

  function placeOf(imageId: number | null): number {
    for (const [place, row] of pages.rows) if (row.id === imageId) return place;
    return -1;
  }

  /** The next rows at hand without a label; a row that is not there yet ends the search. */
  function waiting(from: number, most: number): number[] {
    const found: number[] = [];
    for (let place = from; place < pages.total.value && found.length < most; place += 1) {
      const row = pages.rows.get(place);
      if (!row) break;
      if (labelOf(row) === null && !row.excluded) found.push(row.id);
    }
    return found;
  }

  async function next(): Promise<void> {
    const place = placeOf(current.value);
    const [first, ...others] = place < 0 ? [] : waiting(place + 1, 1 + imagesAhead);
    if (first !== undefined) {
      go(first);
      void pages.ensure(place, place + 2 * imagesAhead);
      void loadAhead(others);
      return;
    }
    await queue;
    try {
      const by = role.value === 'reader' ? author.value : null;
      const found = await client.labelling.next({ ...query(), after: current.value, reader: by });
      if (found === null) notice.value = 'Every image of this list has a label.';
      else go(found);
    } catch (error) {
      failure.value = toFailure(error);
    }
  }

  function show(imageIds: ReadonlySet<number>, classId: number | null): void {
    for (const [place, row] of pages.rows) {
      if (!imageIds.has(row.id)) continue;
      pages.rows.set(place, role.value === 'reader' ? { ...row, reading: classId } : { ...row, classId });
    }
  }

  /** Gives the chosen images a class; null takes their label away. */
  function give(classId: number | null, name: string): void {
    const imageIds = [...chosen.value];
    if (imageIds.length === 0) return;
    failure.value = null;
    notice.value = `${formatQuantity(imageIds.length, 'image')}: ${name}`;
    show(new Set(imageIds), classId);
    const request = {
      target: { kind: 'images' as const, imageIds },
      classId,
      role: role.value,
      author: author.value,
    };
    record(imageIds, async () => {
      const { act } = await client.labelling.label(request);
      if (act) stack.value = { undo: act, redo: null };
    });
    if (view.autoAdvance && imageIds.length === 1 && classId !== null) void next();
  }

  function record(imageIds: readonly number[], send: () => Promise<void>): void {
    queue = queue.then(async () => {
      try {
        await send();
      } catch (error) {
        failure.value = toFailure(error);
        notice.value = '';
        await pages.refresh();
        if (imageIds[0] !== undefined) go(imageIds[0]);
      }
    });
  }

  function exclude(excluded: boolean, reason: string): void {
    const imageIds = [...chosen.value];
    failure.value = null;
    notice.value = `${formatQuantity(imageIds.length, 'image')}: ${excluded ? 'excluded' : 'taken in again'}`;
    record(imageIds, async () => {
      const { act } = await client.labelling.exclude({ imageIds, excluded, reason, author: author.value });
      if (act) stack.value = { undo: act, redo: null };
      await pages.refresh();
    });
    if (excluded && view.autoAdvance && imageIds.length === 1) void next();
  }

  /** In its turn, so that two keys in a row take back two things in their order. */
  function turn(kind: 'undo' | 'redo'): void {
    queue = queue.then(async () => {
      failure.value = null;
      try {
        const outcome = await client.labelling[kind]({ author: author.value });
        notice.value = turnWords(kind, outcome);
        if (outcome.imageId !== null) go(outcome.imageId);
        await Promise.all([pages.refresh(), loadStack()]);
      } catch (error) {
        failure.value = toFailure(error);
      }
    });
  }

  return {
    role,
    author,
    failure,
    notice,
    stack,
    give,
    next,
    exclude,
    undo: () => turn('undo'),
    redo: () => turn('redo'),
    labelOf,
    settled: () => queue,
  };
}
export type Labelling = ReturnType<typeof useLabelling>;

function turnWords(kind: 'undo' | 'redo', { act, kept }: UndoOutcome): string {
  if (act === null) return kind === 'undo' ? 'There is nothing to take back.' : 'There is nothing to bring back.';
  const words = `${kind === 'undo' ? 'Taken back' : 'Brought back'}: ${act.words}.`;
  return kept === 0 ? words : `${words} ${formatQuantity(kept, 'image')} changed since by others: left as they are.`;
}
