/** Where the words of measurements stand: inside the pane, on no others, and off what belongs to the lower edge. */
import type { Point } from '../affine.ts';
import type { PaneSize } from '../view.ts';

/** CSS pixels. */
export const lineHeight = 16;
/** Width of a letter, roughly; only to keep words apart and inside the pane. */
const letterWidth = 6.5;
/** CSS pixels that words keep from the pane's edge. */
const margin = 4;

export interface WithWords {
  lines: readonly string[];
  /** Base line of the first line, CSS pixels. */
  words: Point;
  /** Upper edge of what is measured. */
  top: number;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * Words stand below what is measured and go further down where others are in the way. Where that would take them into the `below` pixels
 * at the lower edge (scale bar, letter, window) they stand beside it, where there is no room above it, and go up.
 */
export function placeWords<Sketch extends WithWords>(all: readonly Sketch[], size: PaneSize, below: number): Sketch[] {
  const boxes: Box[] = [];
  return all.map((one) => {
    const width = Math.max(...one.lines.map((words) => words.length)) * letterWidth;
    const height = one.lines.length * lineHeight;
    const left = Math.max(margin, Math.min(one.words[0], size.width - width - margin));
    const lowest = size.height - below - height;
    let top = clear({ left, right: left + width, top: one.words[1] - lineHeight, height }, boxes, 'down');
    if (top > lowest) {
      const isBeside = left >= one.words[0];
      const from = isBeside ? lowest : Math.min(lowest, one.top - height - margin);
      top = Math.max(margin, clear({ left, right: left + width, top: from, height }, boxes, 'up'));
    }
    boxes.push({ left, right: left + width, top, bottom: top + height });
    return { ...one, words: [left, top + lineHeight] as const };
  });
}

/** The nearest top in one direction at which a box crosses none of the others. */
function clear(
  { left, right, top, height }: { left: number; right: number; top: number; height: number },
  boxes: readonly Box[],
  way: 'down' | 'up',
): number {
  const sign = way === 'down' ? 1 : -1;
  return boxes
    .toSorted((first, second) => sign * (first.top - second.top))
    .reduce((at, box) => {
      const crosses = left < box.right && right > box.left && at < box.bottom && at + height > box.top;
      if (!crosses) return at;
      return way === 'down' ? box.bottom : box.top - height;
    }, top);
}
