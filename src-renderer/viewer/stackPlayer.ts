/**
 * Moves a viewport through its stack. Wishes that arrive while an image is being loaded replace one another, the picture on
 * the screen stays until the next has arrived, and the neighbours in the direction of travel are loaded ahead.
 */
export interface StackPorts<Picture> {
  /** Resolves when the image is in the cache. */
  load(picture: Picture): Promise<unknown>;
  isCached(picture: Picture): boolean;
  /** Puts the image at this place of the stack on the screen. */
  show(index: number): Promise<void>;
  onLoading(index: number): void;
  onShown(index: number): void;
  onError(index: number, error: unknown): void;
}

const ahead = 12;
const behind = 4;
const parallelPrefetches = 2;

export function createStackPlayer<Picture>(pictures: readonly Picture[], ports: StackPorts<Picture>) {
  let wanted = -1;
  let shown = -1;
  let moving = false;
  let closed = false;
  let direction = 1;
  /** Ends the wait for a slice that is slow to come, where the one that is wanted by now is there already. */
  let overtake: (() => void) | null = null;
  const prefetching = new Set<Picture>();

  function clamp(index: number): number {
    return Math.max(0, Math.min(pictures.length - 1, index));
  }

  /** True when the picture is there; false when one that is there already was asked for meanwhile. */
  async function arrived(picture: Picture): Promise<boolean> {
    const overtaken = new Promise<boolean>((resolve) => (overtake = () => resolve(false)));
    try {
      return await Promise.race([ports.load(picture).then(() => true), overtaken]);
    } finally {
      overtake = null;
    }
  }

  async function move(): Promise<void> {
    if (moving) return;
    moving = true;
    while (!closed && wanted !== shown) {
      const index = wanted;
      const picture = pictures[index];
      if (picture === undefined) break;
      try {
        if (!ports.isCached(picture)) ports.onLoading(index);
        const came = await arrived(picture);
        if (closed) break;
        if (!came) {
          // Shown again even where it is the one that never left the screen: nothing is being loaded any more.
          shown = -1;
          continue;
        }
        await ports.show(index);
        shown = index;
        if (!closed && wanted === index) ports.onShown(index);
      } catch (error) {
        if (closed) break;
        shown = index;
        if (wanted === index) ports.onError(index, error);
      }
    }
    moving = false;
    prefetch();
  }

  function neighbours(): number[] {
    const places: number[] = [];
    for (let step = 1; step <= ahead; step += 1) {
      places.push(shown + step * direction);
      if (step <= behind) places.push(shown - step * direction);
    }
    return places;
  }

  function prefetch(): void {
    if (closed || moving) return;
    for (const place of neighbours()) {
      if (prefetching.size >= parallelPrefetches) return;
      const picture = pictures[place];
      if (picture === undefined || prefetching.has(picture) || ports.isCached(picture)) continue;
      prefetching.add(picture);
      // A slice that cannot be loaded ahead tells its reason when it is opened; only a success leads on.
      ports.load(picture).then(
        () => {
          prefetching.delete(picture);
          prefetch();
        },
        () => prefetching.delete(picture),
      );
    }
  }

  return {
    /** Asks for a place; the newest wish wins. */
    goTo(index: number): void {
      const next = clamp(index);
      if (next === wanted) return;
      if (wanted >= 0) direction = next >= wanted ? 1 : -1;
      wanted = next;
      const picture = pictures[next];
      if (picture !== undefined && ports.isCached(picture)) overtake?.();
      void move();
    },
    /** The place asked for last. */
    wanted: () => wanted,
    shown: () => shown,
    close(): void {
      closed = true;
    },
  };
}
export type StackPlayer = ReturnType<typeof createStackPlayer>;
