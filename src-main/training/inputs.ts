import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { InputsFile } from '../../src-shared/contract/compute.ts';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { formatQuantity } from '../../src-shared/domain/format.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { Preprocessing } from '../../src-shared/contract/training.ts';
import { syncFolder } from '../platform/files.ts';
import type { InputImage } from './images.ts';
import type { InputSource } from './ports.ts';

/** Files read at the same time; the decoder's workers are the bottleneck behind it. */
const inFlight = 8;

/**
 * Writes the network inputs of `images`, in their order, into one file below `directory` and returns it. The file's name
 * comes from the images' hashes and the preprocessing, so a second run on the same data finds it ready.
 */
export async function prepareInputs(
  source: InputSource,
  images: readonly InputImage[],
  preprocessing: Preprocessing,
  directory: string,
  context: JobContext,
): Promise<InputsFile> {
  const { imageSize } = preprocessing;
  const path = join(directory, `${inputsKey(images, preprocessing)}.u8`);
  const bytes = images.length * imageSize * imageSize;
  const inputs = { path, size: imageSize, count: images.length };
  if ((await stat(path).catch(() => null))?.size === bytes) return inputs;

  await mkdir(directory, { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await writeAll(file, source, images, preprocessing, context);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
  return inputs;
}

async function writeAll(
  file: FileHandle,
  source: InputSource,
  images: readonly InputImage[],
  preprocessing: Preprocessing,
  context: JobContext,
): Promise<void> {
  const bytesPerImage = preprocessing.imageSize ** 2;
  const unreadable: string[] = [];
  const startedAt = performance.now();
  let next = 0;
  let done = 0;

  const worker = async () => {
    while (next < images.length) {
      context.signal.throwIfAborted();
      const index = next++;
      const image = images[index]!;
      const input = await readInput(source, image, preprocessing);
      if (typeof input === 'string') unreadable.push(input);
      else await file.write(input, 0, bytesPerImage, index * bytesPerImage);
      done++;
      const rate = done / ((performance.now() - startedAt) / 1000);
      context.report({
        phase: 'inputs',
        done,
        total: images.length,
        rate,
        etaSeconds: (images.length - done) / rate,
        message: `Preparing images ${done} of ${images.length}`,
      });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  if (unreadable.length > 0) throw unreadableImages(unreadable);
}

/** The image's bytes, or in words why it cannot be used. */
async function readInput(
  source: InputSource,
  image: InputImage,
  preprocessing: Preprocessing,
): Promise<Uint8Array | string> {
  const name = basename(image.path);
  try {
    const { fileSha256 } = image;
    return await source.networkInput(image.path, image.frame, preprocessing, { fileSha256 });
  } catch (error) {
    return `${name}: ${error instanceof Error ? error.message.replace(/\.$/, '') : 'cannot be read'}`;
  }
}

function unreadableImages(unreadable: string[]): ExpectedError {
  const shown = unreadable.slice(0, 5).join('; ');
  const more = unreadable.length > 5 ? `; and ${unreadable.length - 5} more` : '';
  return new ExpectedError({
    code: 'PATH_NOT_FOUND',
    message: `${formatQuantity(unreadable.length, 'image')} cannot be read now: ${shown}${more}.`,
    kept: 'The project is unchanged.',
    remedy: 'Connect the drive or put the files back where they were imported from, then start again.',
  });
}

function inputsKey(images: readonly InputImage[], preprocessing: Preprocessing): string {
  const hash = createHash('sha256').update(JSON.stringify([preprocessing.imageSize, preprocessing.window]));
  for (const image of images) hash.update(`${image.fileSha256}:${image.frame}\n`);
  return hash.digest('hex').slice(0, 32);
}
