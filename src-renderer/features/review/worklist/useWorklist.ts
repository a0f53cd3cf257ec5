/** The worklist of one reader: rows, the case in hand, and verdicts that are recorded while the next case is already there. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import type { Failure } from '../../../../src-shared/contract/errors.ts';
import type { ClassSummary } from '../../../../src-shared/contract/project.ts';
import type { PredictionMarks } from '../../../../src-shared/contract/predictionMarks.ts';
import type {
  Reading,
  ReadingMode,
  SaveReview,
  Verdict,
  WorklistOrder,
  WorklistRow,
  WorklistShow,
} from '../../../../src-shared/contract/review.ts';
import { useClient } from '../../../api/client.ts';
import { toFailure } from '../../../api/failure.ts';
import { usePages } from '../../../api/usePages.ts';

/** An open list that is left sooner, for a blinded one or another reader, does not count as seen. */
const glanceMilliseconds = 5000;

export interface WorklistWish {
  run: string;
  set: 'validation' | 'test';
  marks: PredictionMarks;
  order: WorklistOrder;
  descending: boolean;
  show: WorklistShow;
  mode: ReadingMode;
  reader: string;
}

export function useWorklist(wish: Ref<WorklistWish | null>, classes: Ref<readonly ClassSummary[]>) {
  const client = useClient();
  const place = ref(0);
  const failure = shallowRef<Failure | null>(null);
  const notice = ref('');
  const reading = shallowRef<Reading | null>(null);
  const autoAdvance = ref(true);
  /** True while another list is on its way: no key acts on a case of the one before. */
  const replacing = ref(false);
  let reloads = 0;
  let shownAt: { imageId: number; time: number } | null = null;
  /** Verdicts are recorded one after the other, in the order of the keys. */
  let queue: Promise<unknown> = Promise.resolve();
  let begun = false;
  let glance: ReturnType<typeof setTimeout> | undefined;

  const pages = usePages<WorklistRow>(async (page, signal) => {
    const now = wish.value;
    if (now === null) return { total: 0, items: [] };
    const { run, set, marks, descending, ...rest } = now;
    const filter = { run, set, ...marks, descending, ...page };
    return client.review.worklist({ ...rest, filter }, { signal });
  });
  const row = computed(() => pages.rows.get(place.value) ?? null);

  /** @param first what the list follows from and is asked for before it */
  async function reload(first: () => Promise<void> = async () => {}): Promise<void> {
    const mine = ++reloads;
    replacing.value = true;
    await first();
    failure.value = null;
    notice.value = '';
    const now = wish.value;
    reading.value = null;
    begun = false;
    clearTimeout(glance);
    if (now !== null && now.mode !== 'open') await begin();
    else glance = setTimeout(() => void begin(), glanceMilliseconds);
    await pages.reload();
    if (mine !== reloads) return;
    place.value = 0;
    replacing.value = false;
  }

  /** What is said of the cases may have changed; the one in hand stays in hand. */
  async function refresh(): Promise<void> {
    const inHand = row.value?.imageId;
    await pages.refresh();
    if (inHand !== undefined && row.value?.imageId !== inHand) place.value = placeOf(inHand) ?? 0;
  }

  /** From now on the host knows that this reader has looked at these predictions in this way. */
  async function begin(): Promise<void> {
    const now = wish.value;
    clearTimeout(glance);
    if (now === null || begun) return;
    begun = true;
    try {
      const { run, set, reader, mode } = now;
      reading.value = await client.review.begin({ run, set, reader, mode });
    } catch (error) {
      failure.value = toFailure(error);
    }
  }
  onScopeDispose(() => clearTimeout(glance));

  function markShown(imageId: number): void {
    if (shownAt?.imageId !== imageId) shownAt = { imageId, time: performance.now() };
  }
  watch(
    () => row.value?.imageId,
    () => (shownAt = null),
  );

  /** Rows ahead that are read before they are needed, so that a key never meets a case that is not there yet. */
  const ahead = 50;

  function goTo(next: number): void {
    if (replacing.value) return;
    const bounded = Math.max(0, Math.min(pages.total.value - 1, next));
    place.value = bounded;
    void begin();
    void pages.ensure(bounded, bounded + ahead);
  }

  /** The next case below that this reader has not answered, else the first above. */
  async function goToUnanswered(): Promise<void> {
    if (replacing.value) return;
    const total = pages.total.value;
    for (let step = 1; step <= total; step += 1) {
      const at = (place.value + step) % total;
      if (!pages.rows.has(at)) await pages.ensure(at, at + 1);
      const found = pages.rows.get(at);
      if (found && (found.review === null || found.review.verdict === null)) {
        place.value = at;
        return;
      }
    }
    notice.value = 'Every case of this list is answered.';
  }

  function placeOf(imageId: number): number | null {
    for (const [at, one] of pages.rows) if (one.imageId === imageId) return at;
    return null;
  }

  function replaceRow(next: WorklistRow): number | null {
    const at = placeOf(next.imageId);
    if (at !== null) pages.rows.set(at, next);
    return at;
  }

  function record(change: Pick<SaveReview, 'verdict' | 'classId' | 'comment'>): void {
    const now = wish.value;
    const before = row.value;
    if (now === null || before === null || replacing.value) return;
    void begin();
    const { run, set, reader, mode } = now;
    const answers = change.verdict !== null;
    const measured = answers && shownAt?.imageId === before.imageId;
    const seconds = measured ? (performance.now() - shownAt!.time) / 1000 : null;
    failure.value = null;
    notice.value = '';
    queue = queue.then(async () => {
      try {
        replaceRow(await client.review.save({ run, set, reader, mode, imageId: before.imageId, seconds, ...change }));
      } catch (error) {
        failure.value = toFailure(error);
        const at = replaceRow(before);
        if (at !== null) place.value = at;
      }
    });
    if (answers && autoAdvance.value && place.value + 1 < pages.total.value) goTo(place.value + 1);
  }

  function decide(verdict: Exclude<Verdict, 'relabel'>): void {
    if (wish.value?.mode === 'blinded' && (verdict === 'agree' || verdict === 'disagree')) return;
    record({ verdict, classId: null, comment: null });
  }

  /** A class is the answer in blinded reading, and a new label otherwise. */
  function choose(one: ClassSummary | undefined): void {
    if (!one || row.value === null) return;
    record({ verdict: wish.value?.mode === 'blinded' ? 'agree' : 'relabel', classId: one.id, comment: null });
  }

  /** The positive class, or with two classes the other one. */
  function call(positive: boolean): void {
    const fitting = classes.value.filter((one) => one.positive === positive);
    if (fitting.length === 1) choose(fitting[0]);
    else notice.value = 'There are several such classes: name one with Shift and its number.';
  }

  function relabelOther(): void {
    const label = row.value?.relabelledTo ?? row.value?.label;
    const others = classes.value.filter((one) => one.name !== label);
    if (others.length === 1) choose(others[0]);
    else notice.value = 'There are several other classes: name one with Shift and its number.';
  }

  function comment(text: string): void {
    if (row.value !== null && text !== row.value.review?.comment) {
      record({ verdict: null, classId: null, comment: text });
    }
  }

  /** Waits for the verdicts before it, as the next one waits for it. */
  function undo(): void {
    const now = wish.value;
    if (now === null || replacing.value) return;
    const { run, set, reader, mode } = now;
    queue = queue.then(async () => {
      try {
        const undone = await client.review.undo({ run, set, reader, mode });
        failure.value = null;
        if (undone === null) {
          notice.value = 'There is nothing to undo.';
          return;
        }
        notice.value = undone.labelKept
          ? 'Taken back; the label was changed by somebody else since and stays.'
          : 'Taken back.';
        const at = replaceRow(undone.row);
        if (at !== null) place.value = at;
      } catch (error) {
        failure.value = toFailure(error);
      }
    });
  }

  return {
    pages,
    place,
    row,
    failure,
    notice,
    reading,
    autoAdvance,
    replacing,
    reload,
    refresh,
    markShown,
    goTo,
    goToUnanswered,
    decide,
    choose,
    call,
    relabelOther,
    comment,
    undo,
  };
}
