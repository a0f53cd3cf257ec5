/** Three planes of a volumetric series: loading all slices, opening the volume, and where the planes cross. */
import { computed, ref, shallowRef } from 'vue';
import type { Client } from '../api/client.ts';
import { toFailure } from '../api/failure.ts';
import type { Frame } from '../api/images.ts';
import type { Point } from './affine.ts';
import { loadPicture, pictureId } from './pictures.ts';
import { openVolume, planePoint, regularity, volumeOf, volumePoint, volumeSize, type OpenVolume } from './planes.ts';
import type { Pane } from './usePane.ts';

const parallelLoads = 4;

export function usePlanes(client: Client, panes: readonly Pane[]) {
  const open = shallowRef<OpenVolume | null>(null);
  /** Slices that are there, of how many; null while nothing is loaded. */
  const progress = ref<{ done: number; total: number } | null>(null);
  /** Why there are no planes, in words. */
  const refusal = ref('');
  let current: AbortController | null = null;

  async function loadAll(imageIds: readonly number[], signal: AbortSignal): Promise<Frame[]> {
    const slices: Frame[] = [];
    let next = 0;
    progress.value = { done: 0, total: imageIds.length };
    const worker = async (): Promise<void> => {
      while (next < imageIds.length && !signal.aborted) {
        const at = next++;
        slices[at] = await loadPicture(pictureId(imageIds[at]!));
        if (progress.value) progress.value = { ...progress.value, done: progress.value.done + 1 };
      }
    };
    await Promise.all(Array.from({ length: parallelLoads }, worker));
    return slices;
  }

  /** True when the planes are on the screen. Pane 0 shows the plane that was acquired, at `index`. */
  async function show(imageIds: readonly number[], index: number): Promise<boolean> {
    close();
    const mine = new AbortController();
    current = mine;
    refusal.value = '';
    try {
      const images = await client.viewer.stackImages({ imageIds: [...imageIds] }, { signal: mine.signal });
      const known = regularity(images);
      if (!known.regular) {
        refusal.value = known.reason;
        return false;
      }
      const slices = await loadAll(imageIds, mine.signal);
      if (mine.signal.aborted) return false;
      if (slices.some((one) => one.facts.samples === 3)) {
        refusal.value = 'The slices are in colour.';
        return false;
      }
      open.value = openVolume(volumeOf(slices, images, known.gap));
      const size = volumeSize(open.value.volume);
      open.value.stacks.forEach((stack, place) => {
        const middle = place === 0 ? index : Math.floor(size[open.value!.planes[place]!.through]! / 2);
        const units = panes[0]!.shown.frame?.facts.units;
        if (place > 0 && units) panes[place]?.lookLike(panes[0]!.facts, units);
        panes[place]?.setStack(stack, middle);
      });
      return true;
    } catch (error) {
      if (!mine.signal.aborted) refusal.value = toFailure(error).message;
      return false;
    } finally {
      if (current === mine) progress.value = null;
    }
  }

  function close(): void {
    current?.abort();
    progress.value = null;
    open.value?.release();
    open.value = null;
  }

  /** Column, row and slice at which the three planes cross. */
  const place = computed((): readonly [number, number, number] | null => {
    if (!open.value) return null;
    const at: [number, number, number] = [0, 0, 0];
    open.value.planes.forEach((plane, number) => (at[plane.through] = panes[number]!.facts.index));
    return at;
  });

  return {
    open,
    progress,
    refusal,
    show,
    close,
    /** Where the other two planes cross the one in this pane. */
    cross(pane: number): Point | null {
      const plane = open.value?.planes[pane];
      return open.value && plane && place.value ? planePoint(open.value.volume, plane, place.value) : null;
    },
    /** Moves the other two planes to a point of this pane's picture. */
    setCross(pane: number, point: Point): void {
      const volume = open.value;
      const plane = volume?.planes[pane];
      if (!volume || !plane) return;
      const at = volumePoint(volume.volume, plane, panes[pane]!.facts.index, point);
      volume.planes.forEach((other, number) => {
        if (number !== pane) panes[number]!.goTo(Math.round(at[other.through]!));
      });
    },
  };
}
