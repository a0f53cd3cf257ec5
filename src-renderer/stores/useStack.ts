/** The stack that an image belongs to: its series, or the pictures of its patient. */
import { ref, shallowRef, watch, type Ref } from 'vue';
import type { StackSpacing } from '../../src-shared/contract/library.ts';
import { useClient } from '../api/client.ts';
import { isAbort } from '../api/failure.ts';

export function useStack(selectedId: Ref<number | null>) {
  const client = useClient();
  const ids = shallowRef<readonly number[]>([]);
  const index = ref(0);
  const kind = ref<'series' | 'patient' | null>(null);
  /** How the slices of the series lie; null for pictures. */
  const spacing = shallowRef<StackSpacing>(null);
  let current: AbortController | null = null;

  watch(
    selectedId,
    async (id) => {
      current?.abort();
      if (id === null) {
        ids.value = [];
        spacing.value = null;
        return;
      }
      const known = ids.value.indexOf(id);
      if (known >= 0) {
        index.value = known;
        return;
      }
      const mine = new AbortController();
      current = mine;
      try {
        const stack = await client.library.stack({ imageId: id }, { signal: mine.signal });
        if (mine.signal.aborted) return;
        index.value = stack.index;
        ids.value = stack.images.map((image) => image.id);
        kind.value = stack.kind;
        spacing.value = stack.spacing;
      } catch (error) {
        if (mine.signal.aborted || isAbort(error)) return;
        // Without its neighbours the image can still be looked at; the viewport tells if it cannot be read.
        index.value = 0;
        ids.value = [id];
        kind.value = null;
        spacing.value = null;
      }
    },
    { immediate: true },
  );
  return { ids, index, kind, spacing };
}
