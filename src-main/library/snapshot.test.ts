import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { canonicalJson, freezeSnapshot, readSnapshot, type SnapshotInput } from './snapshot.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const image = (name: string) => ({
  fileSha256: hash(name),
  frame: 0,
  className: 'COVID',
  set: 'training' as const,
  pseudonym: 'P00001',
});
const input: SnapshotInput = {
  images: [image('a'), image('b'), image('c')],
  classes: ['COVID', 'NonCOVID'],
  positiveClass: 'COVID',
  preprocessing: { imageSize: 224, window: { level: -600, width: 1500 } },
};

it('does not depend on the order of the images', () => {
  expect(freezeSnapshot({ ...input, images: input.images.toReversed() })).toEqual(freezeSnapshot(input));
});

it('changes with a label, a set, a file, a patient and the preprocessing', () => {
  const [first, ...rest] = input.images;
  const variants: SnapshotInput[] = [
    { ...input, images: [{ ...first!, className: 'NonCOVID' }, ...rest] },
    { ...input, images: [{ ...first!, set: 'test' }, ...rest] },
    { ...input, images: [{ ...first!, fileSha256: hash('other') }, ...rest] },
    { ...input, images: [{ ...first!, pseudonym: 'P00002' }, ...rest] },
    { ...input, images: rest },
    { ...input, preprocessing: { imageSize: 224, window: null } },
    { ...input, positiveClass: 'NonCOVID' },
  ];
  expect(new Set([input, ...variants].map((one) => freezeSnapshot(one).sha256)).size).toBe(variants.length + 1);
});

it('hashes the bytes of its document, which reads back', () => {
  const { sha256, document } = freezeSnapshot(input);
  expect(hash(document)).toBe(sha256);
  expect(readSnapshot(document)).toHaveLength(3);
  expect(readSnapshot(document).map((one) => one.patient)).toEqual(['P00001', 'P00001', 'P00001']);
  expect(() => readSnapshot('{}')).toThrow();
});

it('writes keys in one order', () => {
  expect(canonicalJson({ b: [1, null, 'x'], a: { d: true, c: 0.5 } })).toBe(
    '{"a":{"c":0.5,"d":true},"b":[1,null,"x"]}',
  );
});

it('reads version 1, which had a hash of the pixels beside that of the file', () => {
  const now = JSON.parse(freezeSnapshot(input).document) as { version: number; images: object[] };
  const before = { ...now, version: 1, images: now.images.map((image) => ({ ...image, pixelSha256: hash('pixels') })) };
  expect(readSnapshot(JSON.stringify(before))).toEqual(readSnapshot(JSON.stringify(now)));
});
