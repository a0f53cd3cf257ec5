/** Pictures by one hand: the same outline in all of them, other findings in each. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-shared/domain/random.ts';
import { findNearDuplicates, type NearDuplicate } from './nearDuplicates.ts';
import { hashVariants } from './perceptualHash.ts';
import { smallEdge, type SmallPicture } from './smallPicture.ts';

const plane = (value: (x: number, y: number) => number): SmallPicture =>
  Uint8Array.from({ length: smallEdge * smallEdge }, (_, at) =>
    Math.max(
      0,
      Math.min(255, value(((at % smallEdge) + 0.5) / smallEdge, (Math.floor(at / smallEdge) + 0.5) / smallEdge)),
    ),
  );
const within = (x: number, y: number, [cx, cy, a, b]: readonly number[]) =>
  ((x - cx!) / a!) ** 2 + ((y - cy!) / b!) ** 2 < 1;

/** Body, lungs and spine are where they are in every drawing; twelve soft spots are not. */
function drawing(seed: number): SmallPicture {
  const random = createRandom(seed);
  const unit = () => random.below(1_000_000) / 1_000_000;
  const spots = Array.from({ length: 12 }, () => ({
    x: 0.2 + 0.6 * unit(),
    y: 0.3 + 0.4 * unit(),
    r: 0.02 + 0.03 * unit(),
    v: 60 + 60 * unit(),
  }));
  return plane((x, y) => {
    let value = within(x, y, [0.5, 0.5, 0.45, 0.36]) ? 150 : 5;
    if (within(x, y, [0.3, 0.48, 0.13, 0.2]) || within(x, y, [0.7, 0.48, 0.13, 0.2])) value = 45;
    if (within(x, y, [0.5, 0.72, 0.06, 0.06])) value = 220;
    for (const spot of spots) value += spot.v * Math.exp(-((x - spot.x) ** 2 + (y - spot.y) ** 2) / spot.r ** 2);
    return value;
  });
}

async function duplicatesAmong(pictures: readonly SmallPicture[]): Promise<string[]> {
  const hashed = pictures.map(hashVariants);
  const hashes = new Uint8Array(hashed.length * hashed[0]!.length);
  hashed.forEach((hash, place) => hashes.set(hash, place * hash.length));
  const images = pictures.map((_, imageId) => ({ imageId, dicomPatient: null, compared: false, pixelSha256: null }));
  const pairs: NearDuplicate[] = [];
  await findNearDuplicates({ images, hashes, small: (place) => pictures[place]! }, (pair) => pairs.push(pair), {
    report: () => undefined,
    signal: new AbortController().signal,
  });
  return [...new Set(pairs.filter(({ duplicate }) => duplicate).map(({ first, second }) => `${first}:${second}`))];
}

describe('drawings that share their outline', () => {
  const drawings = Array.from({ length: 120 }, (_, seed) => drawing(seed + 1));

  it('are not taken for each other, while a changed copy of one is found', async () => {
    const noise = createRandom(7);
    const copy = drawings[30]!.map((value) => Math.min(255, 0.8 * value + 20 + noise.below(5)));
    expect(await duplicatesAmong([...drawings, copy])).toEqual([`30:${drawings.length}`]);
  });

  it('would be: the correlation of their detail alone lies above the threshold', async () => {
    // Too few to tell what is common to them.
    expect((await duplicatesAmong(drawings.slice(0, 40))).length).toBeGreaterThan(20);
  });
});
