import sharp from 'sharp';
import { expect, it } from 'vitest';
import { createRandom } from '../../../src-shared/domain/random.ts';
import type { DecodedFrame } from '../outcomes.ts';
import { hammingDistance, indexHashes } from './hashIndex.ts';
import { measureBorder, measurePicture, type PictureMeasures } from './measure.ts';
import { findNearDuplicates, type NearDuplicate } from './nearDuplicates.ts';

/** A smooth picture of blobs, as different from seed to seed as patients are. */
function picture(seed: number, width = 320, height = 260): Buffer {
  const random = createRandom(seed);
  const unit = () => random.below(1_000_000) / 1_000_000;
  const blobs = Array.from({ length: 60 }, () => ({
    x: unit(),
    y: unit(),
    r: 0.01 + 0.05 * unit(),
    v: 60 + 160 * unit(),
  }));
  const pixels = Buffer.alloc(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let value = 30;
      for (const { x, y, r, v } of blobs) {
        const d = ((column / width - x) ** 2 + (row / height - y) ** 2) / r ** 2;
        if (d < 6) value += v * Math.exp(-d);
      }
      pixels[row * width + column] = Math.min(255, value);
    }
  }
  return pixels;
}

const raw = { raw: { width: 320, height: 260, channels: 1 as const } };
type Picture = ReturnType<typeof sharp>;

async function measured(image: Picture): Promise<PictureMeasures> {
  const { data, info } = await image.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  const frame = {
    format: 'png',
    pixels: new Uint8Array(data),
    rgb: null,
    rows: info.height,
    columns: info.width,
    windows: [],
  };
  return measurePicture(frame as unknown as DecodedFrame);
}

async function pairsOf(
  list: readonly PictureMeasures[],
  change: { compared?: (place: number) => boolean; dicom?: (place: number) => number | null } = {},
) {
  const stride = list[0]!.hash.length;
  const hashes = new Uint8Array(list.length * stride);
  list.forEach((one, place) => hashes.set(one.hash, place * stride));
  const images = list.map((_, place) => ({
    imageId: place,
    dicomPatient: change.dicom?.(place) ?? null,
    compared: change.compared?.(place) ?? false,
    pixelSha256: String(place),
  }));
  const pairs: NearDuplicate[] = [];
  const context = { report: () => undefined, signal: new AbortController().signal };
  await findNearDuplicates(
    { images, hashes, small: (place) => list[place]!.gray },
    (pair) => pairs.push(pair),
    context,
  );
  return new Set(pairs.filter(({ duplicate }) => duplicate).map(({ first, second }) => `${first}:${second}`));
}

const others = await Promise.all(Array.from({ length: 40 }, (_, seed) => measured(sharp(picture(seed + 100), raw))));
const source = () => sharp(picture(1), raw);
const changes: [string, () => Promise<Picture> | Picture][] = [
  ['strong JPEG compression', async () => sharp(await source().jpeg({ quality: 30 }).toBuffer())],
  ['half the size', async () => sharp(await source().resize(160, 130).png().toBuffer())],
  ['more contrast', () => source().linear(1.3, -30)],
  ['mirrored', () => source().flop()],
  ['mirrored and compressed', async () => sharp(await source().flop().jpeg({ quality: 50 }).toBuffer())],
  ['2 % cut away', () => source().extract({ left: 6, top: 0, width: 314, height: 255 })],
  ['6 % cut away', () => source().extract({ left: 10, top: 8, width: 300, height: 244 })],
  ['a black margin', () => source().extend({ top: 8, bottom: 8, left: 10, right: 10, background: 'black' })],
  [
    'letters and an arrow',
    () =>
      source().composite([
        {
          input: Buffer.from(
            '<svg width="320" height="260"><text x="8" y="20" font-size="16" fill="white">WL -600</text></svg>',
          ),
        },
      ]),
  ],
];

it.each(changes)('a picture with %s is found again among others', async (_name, change) => {
  const list = [await measured(source()), ...others, await measured(await change())];
  expect(await pairsOf(list)).toEqual(new Set([`0:${list.length - 1}`]));
});

it('finds a cropped copy beside many that are only compressed', async () => {
  const compressed = Array.from({ length: 20 }, async (_, place) =>
    measured(
      sharp(
        await source()
          .jpeg({ quality: 95 - place })
          .toBuffer(),
      ),
    ),
  );
  const cropped = measured(source().extract({ left: 10, top: 8, width: 300, height: 244 }));
  const list = [await measured(source()), ...others, ...(await Promise.all(compressed)), await cropped];
  expect(await pairsOf(list)).toContain(`0:${list.length - 1}`);
});

it('finds a new copy of a picture that was compared before, cropped or whole, and compares nothing twice', async () => {
  const list = [
    await measured(source()),
    ...others,
    await measured(source().extract({ left: 10, top: 8, width: 300, height: 244 })),
  ];
  const last = list.length - 1;
  expect(await pairsOf(list, { compared: (place) => place !== last })).toEqual(new Set([`0:${last}`]));
  expect(await pairsOf(list, { compared: (place) => place !== 0 })).toEqual(new Set([`0:${last}`]));
  expect(await pairsOf(list, { compared: () => true })).toEqual(new Set());
});

it('does not compare images of one DICOM patient, and asks for more alikeness between two', async () => {
  const list = [await measured(source()), ...others, await measured(source().flop())];
  const last = list.length - 1;
  const dicom = (patients: readonly [number, number]) => (place: number) =>
    place === 0 ? patients[0] : place === last ? patients[1] : 99 + place;
  expect(await pairsOf(list, { dicom: dicom([1, 1]) })).toEqual(new Set());
  expect(await pairsOf(list, { dicom: dicom([1, 2]) })).toEqual(new Set([`0:${last}`]));
});

it('the index gives every hash within the distance, as comparing with all does', () => {
  const random = createRandom(5);
  const hashes = Uint8Array.from({ length: 8 * 3000 }, () => random.below(256));
  // Neighbours at every small distance of the first hash.
  for (let flips = 1; flips <= 14; flips++) {
    const at = flips * 8;
    hashes.copyWithin(at, 0, 8);
    for (let bit = 0; bit < flips; bit++) hashes[at + ((bit * 5) >> 3)]! ^= 1 << ((bit * 5) & 7);
  }
  const index = indexHashes(hashes, 8);
  for (const distance of [0, 3, 7, 8, 11]) {
    for (const place of [0, 3, 9, 500, 2999]) {
      const found: number[] = [];
      index.near(hashes, place * 8, distance, (other) => found.push(other));
      const all = Array.from({ length: 3000 }, (_, other) => other).filter(
        (other) => hammingDistance(hashes, place * 8, hashes, other * 8) <= distance,
      );
      expect(found.sort((a, b) => a - b)).toEqual(all);
    }
  }
});

it('letters at the border are seen, a smooth border is not', () => {
  const smooth = new Uint8Array(100 * 100).map((_, index) => index % 100);
  expect(measureBorder(smooth, 100, 100).borderText).toBe(0);
  const written = smooth.slice();
  for (let column = 10; column < 40; column += 4) for (let row = 2; row < 10; row++) written[row * 100 + column] = 255;
  expect(measureBorder(written, 100, 100).borderText).toBeGreaterThan(0.02);
  const inside = smooth.slice();
  for (let column = 40; column < 60; column += 4) for (let row = 45; row < 55; row++) inside[row * 100 + column] = 255;
  expect(measureBorder(inside, 100, 100)).toEqual(measureBorder(smooth, 100, 100));
});
