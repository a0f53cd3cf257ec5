/** Measurements of the pictures on the screen: kept in the project as they are drawn, undone and redone within the session. */
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../../src-shared/contract/errors.ts';
import type { Client } from '../../api/client.ts';
import { toFailure } from '../../api/failure.ts';
import { hostId, pictureId } from '../pictures.ts';
import type { Shape } from './shapes.ts';

export interface Drawn {
  id: string;
  picture: string;
  shape: Shape;
  author: string;
}

/** One step of the history: what was there before and after. */
interface Step {
  before: Drawn | null;
  after: Drawn | null;
}

/** Asked for in portions, since a list of ids travels with each question. */
const portion = 5000;
const longestHistory = 200;

export function useMeasurements(client: Client) {
  const all = shallowRef<ReadonlyMap<string, Drawn>>(new Map());
  const chosen = ref<string | null>(null);
  const failure = ref<Failure | null>(null);
  const past = shallowRef<readonly Step[]>([]);
  const future = shallowRef<readonly Step[]>([]);
  const byPicture = computed(() => Map.groupBy(all.value.values(), (one) => one.picture));
  /** Saved one after the other, so that the project ends with what was drawn last. */
  let queue: Promise<void> = Promise.resolve();

  function put(id: string, next: Drawn | null): void {
    const map = new Map(all.value);
    if (next) map.set(id, next);
    else map.delete(id);
    all.value = map;
    if (!next && chosen.value === id) chosen.value = null;
  }

  /** Planes of a volume are no images of the project: what is drawn on them lasts as long as they are open. */
  function keep({ before, after }: Step): void {
    const one = after ?? before;
    const imageId = one && hostId(one.picture);
    if (!one || imageId === null) return;
    const { id, shape } = one;
    queue = queue
      .then(async () => {
        if (after) {
          const points = shape.points.map(([x, y]): [number, number] => [x, y]);
          await client.viewer.saveMeasurement({ id, imageId, kind: shape.kind, points });
        } else await client.viewer.removeMeasurement({ id });
        failure.value = null;
      })
      .catch((error: unknown) => {
        failure.value = { ...toFailure(error), kept: 'The measurement is on the screen, but not in the project.' };
      });
  }

  function record(step: Step): void {
    past.value = [...past.value, step].slice(-longestHistory);
    future.value = [];
    keep(step);
  }

  function step(back: boolean): void {
    const [from, to] = back ? [past, future] : [future, past];
    const last = from.value.at(-1);
    if (!last) return;
    from.value = from.value.slice(0, -1);
    to.value = [...to.value, last];
    const [before, after] = back ? [last.after, last.before] : [last.before, last.after];
    const id = (before ?? after)!.id;
    put(id, after);
    chosen.value = after ? id : null;
    keep({ before, after });
  }

  return {
    all,
    choose: (id: string | null): void => void (chosen.value = id),
    chosen,
    failure,
    canUndo: computed(() => past.value.length > 0),
    canRedo: computed(() => future.value.length > 0),
    of: (picture: string | null): readonly Drawn[] => (picture && byPicture.value.get(picture)) || [],

    /** Reads what the project has on these images; what was drawn since stays. */
    async load(imageIds: readonly number[], signal: AbortSignal): Promise<void> {
      const map = new Map(all.value);
      for (let from = 0; from < imageIds.length; from += portion) {
        const wanted = imageIds.slice(from, from + portion);
        for (const one of await client.viewer.measurements({ imageIds: wanted }, { signal })) {
          const { id, kind, points, author } = one;
          if (!map.has(id)) map.set(id, { id, picture: pictureId(one.imageId), shape: { kind, points }, author });
        }
      }
      if (!signal.aborted) all.value = new Map([...map, ...all.value]);
    },

    add(picture: string, shape: Shape): void {
      const one: Drawn = { id: crypto.randomUUID(), picture, shape, author: '' };
      put(one.id, one);
      chosen.value = one.id;
      record({ before: null, after: one });
    },

    /** While a hand moves it: on the screen only. */
    preview(id: string, shape: Shape): void {
      const one = all.value.get(id);
      if (one) put(id, { ...one, shape });
    },

    /** The hand has let go: `before` is the shape it took. */
    change(id: string, before: Shape): void {
      const after = all.value.get(id);
      if (after && after.shape !== before) record({ before: { ...after, shape: before }, after });
    },

    remove(id: string): void {
      const before = all.value.get(id);
      if (!before) return;
      put(id, null);
      record({ before, after: null });
    },

    undo: () => step(true),
    redo: () => step(false),
  };
}
export type Measurements = ReturnType<typeof useMeasurements>;
