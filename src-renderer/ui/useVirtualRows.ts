/** Rows of one height, any number of them, of which only those in view exist. */
import { useVirtualizer } from '@tanstack/vue-virtual';
import { computed, watch, type ComputedRef, type Ref } from 'vue';
import type { Pages } from '../api/usePages.ts';

export interface VirtualRows {
  /** Rows that exist: place in the list, and distance from its top in pixels. */
  lines: ComputedRef<{ index: number; start: number }[]>;
  /** Height of all rows, in pixels. */
  height: ComputedRef<number>;
  /** Scrolls no further than needed. */
  scrollTo(index: number): void;
  /** How far a Page key goes, in rows. */
  rowsInView(): number;
}

/**
 * @param scroller the element that scrolls
 * @param rowHeight in pixels, of every row
 * @param overscan how many rows exist before and after those in view
 * @param covered in pixels: what stays in view over the first rows, such as a heading
 */
export function useVirtualRows({
  scroller,
  count,
  rowHeight,
  overscan = 10,
  covered = 0,
}: {
  scroller: Readonly<Ref<HTMLElement | null>>;
  count: () => number;
  rowHeight: number;
  overscan?: number;
  covered?: number;
}): VirtualRows {
  const virtualizer = useVirtualizer(
    computed(() => ({
      count: count(),
      getScrollElement: () => scroller.value,
      estimateSize: () => rowHeight,
      scrollPaddingStart: covered,
      overscan,
    })),
  );
  return {
    lines: computed(() => virtualizer.value.getVirtualItems()),
    height: computed(() => virtualizer.value.getTotalSize()),
    scrollTo: (index) => virtualizer.value.scrollToIndex(index, { align: 'auto' }),
    rowsInView: () => Math.max(1, Math.floor(((scroller.value?.clientHeight ?? 0) - covered) / rowHeight) - 1),
  };
}

/**
 * Reads the pages of the rows in view as they come into it.
 *
 * @param margin rows before and after that are read too, so that they are there before they come into view
 */
export function useRowsInView({ lines }: VirtualRows, pages: Pages<unknown>, margin = 0): void {
  watch(
    [lines, () => pages.total.value],
    ([visible]) => void pages.ensure((visible[0]?.index ?? 0) - margin, (visible.at(-1)?.index ?? 0) + margin),
    { immediate: true },
  );
}
