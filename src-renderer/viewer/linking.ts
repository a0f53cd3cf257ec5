/** Which slice of one stack belongs to a slice of another. */
import type { StackImage } from '../../src-shared/contract/viewer.ts';
import { dot, normalOf } from './orientation.ts';

export type Places = readonly (StackImage | undefined)[];

/** How far directions may differ and still be called parallel (cosine). */
const parallel = 0.99;

/**
 * The slice of `to` that lies nearest to slice `index` of `from`, when both say where they lie and are parallel; null otherwise.
 * Places hold one entry per slice.
 */
export function nearestSlice(from: Places, index: number, to: Places): number | null {
  const here = from[index];
  if (!here?.position || !here.orientation) return null;
  const normal = normalOf(here.orientation);
  const along = dot(here.position, normal);
  let nearest: number | null = null;
  let least = Infinity;
  for (const [place, there] of to.entries()) {
    if (!there?.position || !there.orientation) return null;
    if (Math.abs(dot(normal, normalOf(there.orientation))) < parallel) return null;
    const distance = Math.abs(dot(there.position, normal) - along);
    if (distance < least) [nearest, least] = [place, distance];
  }
  return nearest;
}

/** By position where it is known, else by the same number of slices. */
export function linkedSlice(from: Places, before: number, after: number, to: Places, current: number): number {
  const count = to.length;
  const wanted = nearestSlice(from, after, to) ?? current + after - before;
  return Math.max(0, Math.min(count - 1, wanted));
}
