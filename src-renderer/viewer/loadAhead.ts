import { isCached, loadPicture, pictureId, preparePictures } from './pictures.ts';

/**
 * Loads images that will probably be looked at next, one after the other, so that they are there when they are called for. One that
 * cannot be read tells its reason when it is opened.
 */
export async function loadAhead(imageIds: readonly number[]): Promise<void> {
  preparePictures();
  for (const picture of imageIds.map(pictureId)) {
    if (!isCached(picture)) await loadPicture(picture).catch(() => undefined);
  }
}
