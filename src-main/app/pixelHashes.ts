import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { Decoder } from '../library/index.ts';
import type { ProjectStore } from '../store/index.ts';

const inFlight = 16;
const batchSize = 256;

/**
 * Makes the hashes of the stored values that an import left to the check, of these images, for whoever needs them before it. Images that cannot
 * be read now, or whose file is another one by now, stay without.
 */
export async function makePixelHashes(
  store: Pick<ProjectStore, 'pixelHashes'>,
  decoder: Pick<Decoder, 'pixelHash'>,
  imageIds: readonly number[],
  context: JobContext,
): Promise<void> {
  const images = store.pixelHashes.missing(imageIds);
  let batch: { imageId: number; pixelSha256: string }[] = [];
  const flush = () => {
    store.pixelHashes.add(batch);
    batch = [];
  };
  let next = 0;
  let done = 0;
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    while (next < images.length && !context.signal.aborted) {
      const { imageId, path, frame, fileSha256 } = images[next++]!;
      const outcome = await decoder.pixelHash(path, frame, fileSha256);
      if (outcome.kind === 'pixelHash') batch.push({ imageId, pixelSha256: outcome.sha256 });
      if (batch.length >= batchSize) flush();
      done++;
      const rate = (1000 * done) / Math.max(1, performance.now() - startedAt);
      context.report({
        phase: 'hashing',
        done,
        total: images.length,
        rate,
        etaSeconds: (images.length - done) / rate,
        message: `Looking at the pixels of image ${done} of ${images.length}`,
      });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  if (batch.length > 0) flush();
  context.signal.throwIfAborted();
}
