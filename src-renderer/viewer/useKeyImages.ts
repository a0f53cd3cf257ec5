/** Images that a reader marked to be found again; kept in the project. */
import { ref, shallowRef } from 'vue';
import type { Failure } from '../../src-shared/contract/errors.ts';
import type { Client } from '../api/client.ts';
import { toFailure } from '../api/failure.ts';

const portion = 5000;

export function useKeyImages(client: Client) {
  const marked = shallowRef<ReadonlySet<number>>(new Set());
  const failure = ref<Failure | null>(null);

  function put(imageId: number, key: boolean): void {
    const next = new Set(marked.value);
    if (key) next.add(imageId);
    else next.delete(imageId);
    marked.value = next;
  }

  return {
    marked,
    failure,
    async load(imageIds: readonly number[], signal: AbortSignal): Promise<void> {
      const found = new Set<number>();
      for (let from = 0; from < imageIds.length; from += portion) {
        const wanted = imageIds.slice(from, from + portion);
        for (const id of await client.viewer.keyImages({ imageIds: wanted }, { signal })) found.add(id);
      }
      if (!signal.aborted) marked.value = found;
    },
    async toggle(imageId: number): Promise<void> {
      const key = !marked.value.has(imageId);
      put(imageId, key);
      try {
        await client.viewer.setKeyImage({ imageId, key });
        failure.value = null;
      } catch (error) {
        put(imageId, !key);
        failure.value = toFailure(error);
      }
    },
    /** Place of the next key image after `index`, around the end; null when there is none. */
    next(stack: readonly number[], index: number): number | null {
      for (let step = 1; step <= stack.length; step += 1) {
        const place = (index + step) % stack.length;
        if (marked.value.has(stack[place]!)) return place;
      }
      return null;
    },
  };
}
