/**
 * How long the comparison of a large library takes, without reading any file: npm run bench -- duplicates [--images 20000] [--alike]
 * Pictures are drawn small, as the check keeps them; with --alike every one is a slight change of one of a few, the worst case.
 */
import { parseArgs } from 'node:util';
import { findNearDuplicates, type NearDuplicate } from '../src-main/library/duplicates/nearDuplicates.ts';
import { hashVariants } from '../src-main/library/duplicates/perceptualHash.ts';
import { smallEdge, type SmallPicture } from '../src-main/library/duplicates/smallPicture.ts';
import { createRandom } from '../src-shared/domain/random.ts';

const slicesOfPatient = 100;
/** Images of which each is changed once: what is to be found. */
const copies = 20;

const random = createRandom(1);
const unit = () => random.below(1_000_000) / 1_000_000;

/** A body with two lungs and spots that differ from picture to picture. */
function drawn(spots: number): SmallPicture {
  const blobs = Array.from({ length: spots }, () => ({
    x: unit(),
    y: unit(),
    r: 0.02 + 0.08 * unit(),
    v: 160 * (unit() - 0.4),
  }));
  const [wide, high] = [0.38 + 0.1 * unit(), 0.3 + 0.1 * unit()];
  return Uint8Array.from({ length: smallEdge * smallEdge }, (_, at) => {
    const [x, y] = [((at % smallEdge) + 0.5) / smallEdge, (Math.floor(at / smallEdge) + 0.5) / smallEdge];
    const inside = (cx: number, cy: number, a: number, b: number) => ((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 < 1;
    let value = inside(0.5, 0.5, wide, high) ? 150 : 5;
    if (inside(0.34, 0.48, 0.1, 0.18) || inside(0.66, 0.48, 0.1, 0.18)) value = 40;
    for (const { x: bx, y: by, r, v } of blobs) value += v * Math.exp(-((x - bx) ** 2 + (y - by) ** 2) / r ** 2);
    return Math.max(0, Math.min(255, value + 4 * unit()));
  });
}

const changed = (picture: SmallPicture, by: number): SmallPicture =>
  picture.map((value) => Math.max(0, Math.min(255, value + by * (unit() - 0.5))));

export default async function duplicates(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { images: { type: 'string', default: '20000' }, alike: { type: 'boolean', default: false } },
  });
  const count = Number(values.images);
  const originals = values.alike ? Array.from({ length: 8 }, () => drawn(40)) : [];
  const pictures = Array.from({ length: count }, (_, place) =>
    values.alike ? changed(originals[place % originals.length]!, 90) : drawn(40),
  );
  for (let copy = 0; copy < copies; copy++) pictures[count - 1 - copy] = changed(pictures[copy]!, 6);
  const one = hashVariants(pictures[0]!).length;
  const hashes = new Uint8Array(count * one);
  pictures.forEach((picture, place) => hashes.set(hashVariants(picture), place * one));

  for (const kind of ['dicom', 'plain'] as const) {
    const images = pictures.map((_, imageId) => ({
      imageId,
      dicomPatient: kind === 'dicom' ? Math.floor(imageId / slicesOfPatient) : null,
      compared: false,
      pixelSha256: null,
    }));
    const found: NearDuplicate[] = [];
    const startedAt = performance.now();
    await findNearDuplicates({ images, hashes, small: (place) => pictures[place]! }, (pair) => found.push(pair), {
      report: () => undefined,
      signal: new AbortController().signal,
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const duplicates = new Set(
      found.filter(({ duplicate }) => duplicate).map(({ first, second }) => `${first}:${second}`),
    );
    const ofCopies = Array.from({ length: copies }, (_, copy) => `${copy}:${count - 1 - copy}`);
    process.stdout.write(
      `${kind}, ${count} images${values.alike ? ', all alike' : ''}: ${seconds.toFixed(1)} s, ${((1000 * seconds) / count).toFixed(2)} ms an image; ` +
        `${ofCopies.filter((pair) => duplicates.has(pair)).length} of ${copies} copies found, ${duplicates.size} pairs\n`,
    );
  }
}
