/**
 * Pictures by name: images of the host and planes of a volume, loaded once and kept in Cornerstone's bounded cache, from which
 * both painters and all measurements take their pixels.
 */
import {
  cache,
  Enums,
  eventTarget,
  getConfiguration,
  imageLoader,
  init,
  metaData,
  type Types,
} from '@cornerstonejs/core';
import { fetchFrame, imageProject, type Frame } from '../api/images.ts';
import { imageOf, metadataOf } from './cornerstoneImage.ts';
import { planePicture, planeScheme } from './planes.ts';

export const scheme = 'parenchyma';
/** About 1,000 slices of 512×512 in 16 bit. */
const largestCacheBytes = 512 * 1024 * 1024;

/** `parenchyma:PROJECT:IMAGE`: the cache outlives a change of project. */
export function pictureId(imageId: number): string {
  return `${scheme}:${imageProject()}:${imageId}`;
}

/** The host's id; null for a plane, which the project does not know. */
export function hostId(picture: string): number | null {
  if (picture.startsWith(`${planeScheme}:`)) return null;
  const id = Number(picture.slice(picture.lastIndexOf(':') + 1));
  if (!picture.startsWith(`${scheme}:`) || !Number.isInteger(id)) {
    throw new Error(`Not an image of this viewer: ${picture}`);
  }
  return id;
}

/** Each pane has a WebGL context of its own. */
const mostPanes = 4;

const frames = new Map<string, Frame>();
let ready = false;

async function frameOf(picture: string, signal: AbortSignal): Promise<Frame> {
  const id = hostId(picture);
  return id === null ? planePicture(picture) : fetchFrame(id, signal);
}

function load(picture: string): ReturnType<Types.ImageLoaderFn> {
  const controller = new AbortController();
  const promise = frameOf(picture, controller.signal).then((frame) => {
    frames.set(picture, frame);
    return imageOf(picture, frame);
  });
  return { promise, cancelFn: () => controller.abort() };
}

/** What Cornerstone lets go is forgotten here too, so that memory stays bounded. */
function forget(event: Event): void {
  const detail: unknown = event instanceof CustomEvent ? event.detail : null;
  if (typeof detail === 'object' && detail !== null && 'imageId' in detail) frames.delete(String(detail.imageId));
}

/** Once per page; safe to call again. */
export function preparePictures(): void {
  if (ready) return;
  ready = true;
  const { rendering, ...others } = getConfiguration();
  init({ ...others, rendering: { ...rendering, webGlContextCount: mostPanes } });
  cache.setMaxCacheSize(largestCacheBytes);
  imageLoader.registerImageLoader(scheme, load);
  imageLoader.registerImageLoader(planeScheme, load);
  metaData.addProvider((type: string, picture: unknown) => {
    const frame = typeof picture === 'string' ? frames.get(picture) : undefined;
    return frame && metadataOf(type, frame);
  }, 10_000);
  eventTarget.addEventListener(Enums.Events.IMAGE_CACHE_IMAGE_REMOVED, forget as EventListener);
}

/** Loads a picture, or takes it from the cache. */
export async function loadPicture(picture: string): Promise<Frame> {
  preparePictures();
  await imageLoader.loadAndCacheImage(picture);
  const frame = frames.get(picture);
  if (!frame) throw new Error('The image was loaded without its pixels.');
  return frame;
}

export function pictureOf(picture: string): Frame | null {
  return frames.get(picture) ?? null;
}

export function isCached(picture: string): boolean {
  return frames.has(picture) && cache.isLoaded(picture);
}
