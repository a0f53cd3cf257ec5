/**
 * Seeded damage to good files: nothing may crash, hang or be accepted where a length or a checksum could have shown it. 300 mutations
 * by default; all 10,000 with PARENCHYMA_THOROUGH=1 (four minutes on two cores).
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSet } from 'dicom-parser';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDecoder, type Decoder, type InspectOutcome, type InspectedImage } from '../../src-main/library/index.ts';
import { createRandom, type Random } from '../../src-shared/domain/random.ts';
import { sharedPath } from '../helpers/shared.ts';

const thorough = process.env.PARENCHYMA_THOROUGH === '1';
const mutations = thorough ? 10_000 : 300;

const { parseDicom }: { parseDicom(bytes: Uint8Array): DataSet } = createRequire(import.meta.url)('dicom-parser');

let decoder: Decoder;
let folder: string;
const complaints: string[] = [];
beforeAll(() => {
  decoder = createDecoder({ log: (message) => complaints.push(message) });
  folder = mkdtempSync(join(tmpdir(), 'parenchyma-mutations-'));
});
afterAll(async () => {
  await decoder.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Seed {
  name: string;
  bytes: Buffer;
  /** What the decoder says of the undamaged file. */
  warnings: ReadonlySet<string>;
}

const kinds = ['flip', 'byte', 'cut', 'delete', 'insert', 'swap', 'zeros'] as const;
type Kind = (typeof kinds)[number];

/** A damaged copy. Headers are a small part of most files, so half of all damage goes to the first 2 kB. */
function mutate(bytes: Buffer, kind: Kind, random: Random): Buffer {
  const reach = random.below(2) === 0 ? Math.min(bytes.length, 2048) : bytes.length;
  const at = random.below(reach);
  const length = 1 + random.below(16);
  const copy = Buffer.from(bytes);
  switch (kind) {
    case 'flip':
      copy[at]! ^= 1 << random.below(8);
      return copy;
    case 'byte':
      copy[at] = random.below(256);
      return copy;
    case 'cut':
      return copy.subarray(0, at);
    case 'delete':
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
    case 'insert':
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.from(Array.from({ length }, () => random.below(256))),
        copy.subarray(at),
      ]);
    case 'swap': {
      const other = random.below(bytes.length);
      const part = Buffer.from(copy.subarray(at, at + length));
      bytes.copy(copy, at, other, Math.min(other + length, bytes.length));
      part.copy(copy, other);
      return copy;
    }
    case 'zeros':
      return copy.fill(0, at, Math.min(at + 16 * length, copy.length));
  }
}

/**
 * Where the values of a data set end. As long as no end is new, only values, tags or VRs changed, or a value took in the elements behind
 * it as a whole: no length can show that.
 */
function valueEnds(bytes: Buffer): Set<number> | null {
  const ends = new Set<number>();
  const walk = (dataSet: DataSet): void => {
    for (const element of Object.values(dataSet.elements)) {
      ends.add(element.dataOffset + element.length);
      for (const fragment of element.fragments ?? []) ends.add(fragment.position + fragment.length);
      for (const item of element.items ?? []) if (item.dataSet !== undefined) walk(item.dataSet);
    }
  };
  try {
    // The preamble may hold anything, and dicom-parser reads it as elements in a deflated file.
    walk(parseDicom(Buffer.from(bytes).fill(0, 0, 128)));
    return ends;
  } catch {
    return null;
  }
}

/** What is wrong about accepting this damaged file, null when nothing in it could have shown the damage. */
function shouldHaveShown(seed: Seed, damaged: Buffer, kind: Kind, outcome: InspectOutcome): string | null {
  if (outcome.kind === 'rejected' || isWarned(seed, outcome) || damaged.equals(seed.bytes)) return null;
  // Cutting off padding, or zeros behind the end, takes nothing from the picture.
  const lost = seed.bytes.subarray(damaged.length);
  if (kind === 'cut') return lost.every((byte) => byte === 0) ? null : 'it was cut off';
  if (seed.name.endsWith('.png')) return 'a chunk of the PNG has a wrong checksum';
  if (!seed.name.endsWith('.dcm')) return null;
  // A deflated data set has neither lengths nor a checksum of its own.
  if (kind === 'insert') return seed.name.includes('deflated') ? null : 'bytes were put in';
  if (kind !== 'flip' && kind !== 'byte') return null;
  const before = valueEnds(seed.bytes);
  const after = valueEnds(damaged);
  if (before === null || after === null || [...after].every((end) => before.has(end))) return null;
  return 'its elements lie elsewhere';
}

function isWarned(seed: Seed, outcome: InspectedImage): boolean {
  return outcome.warnings.some((warning) => !seed.warnings.has(warning));
}

async function seeds(): Promise<Seed[]> {
  const list: Seed[] = [];
  for (const file of await goodFiles()) {
    const path = join(folder, file.name);
    writeFileSync(path, file.bytes);
    const outcome = await decoder.inspect(path);
    if (outcome.kind === 'rejected') throw new Error(`${file.name} is refused: ${outcome.reason}`);
    list.push({ ...file, warnings: new Set(outcome.warnings) });
  }
  return list;
}

async function goodFiles(): Promise<Pick<Seed, 'name' | 'bytes'>[]> {
  const fixtures = join(import.meta.dirname, '../fixtures/dicom');
  const list = readdirSync(fixtures)
    .filter((name) => name.endsWith('.dcm') && !name.startsWith('other-'))
    .map((name) => ({ name, bytes: readFileSync(join(fixtures, name)) }));
  const noise = Uint8Array.from({ length: 3 * 40 * 30 }, (_, index) => (index * 2654435761) >>> 24);
  const image = sharp(noise, { raw: { width: 40, height: 30, channels: 3 } });
  for (const format of ['png', 'jpeg', 'tiff', 'webp'] as const) {
    list.push({ name: `noise.${format}`, bytes: await image.clone().toFormat(format).toBuffer() });
  }
  const shared = sharedPath('dicom/dicomParser/testImages');
  for (const name of shared === null
    ? []
    : ['CT1_UNC.explicit_little_endian.dcm', 'CT1_UNC.implicit_little_endian.dcm']) {
    list.push({ name, bytes: readFileSync(join(shared!, name)) });
  }
  return list;
}

it(`survives ${mutations} mutations and accepts none that a length or a checksum could show`, async () => {
  const random = createRandom(20200210);
  const files = await seeds();
  const wrong: string[] = [];
  const accepted = { silently: 0, warned: 0 };
  let slowest = 0;
  mkdirSync(folder, { recursive: true });
  const one = async (index: number): Promise<void> => {
    const seed = files[index % files.length]!;
    const kind = kinds[random.below(kinds.length)]!;
    const damaged = mutate(seed.bytes, kind, random);
    const path = join(folder, `${index % 64}`);
    writeFileSync(path, damaged);
    const before = performance.now();
    const outcome = await decoder.inspect(path);
    slowest = Math.max(slowest, performance.now() - before);
    const name = `${index}: ${kind} of ${seed.name}`;
    if (outcome.kind === 'rejected') {
      if (['TIME_LIMIT', 'MEMORY_LIMIT', 'DECODER_FAILED'].includes(outcome.code))
        wrong.push(`${name}: ${outcome.reason}`);
    } else accepted[isWarned(seed, outcome) ? 'warned' : 'silently']++;
    const shown = shouldHaveShown(seed, damaged, kind, outcome);
    if (shown !== null) wrong.push(`${name} was accepted: ${shown}`);
  };
  for (let index = 0; index < mutations; index++) await one(index);
  console.log(`${mutations} mutations: ${JSON.stringify(accepted)}, slowest ${slowest.toFixed(0)} ms`);
  expect(wrong).toEqual([]);
  expect(complaints).toEqual([]);
}, 1_800_000);
