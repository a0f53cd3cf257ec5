/** Small synthetic files of every kind, made by scripts/oracles/dicom_kinds.py: read to the same values, or refused as what they are. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDecoder, modalityValues, type DecodedFrame, type Decoder } from '../../src-main/library/index.ts';
import { grayBytes } from '../../src-main/library/pixels/window.ts';

const folder = join(import.meta.dirname, '../fixtures/dicom');

const perFrameSchema = z.object({
  position: z.array(z.number()),
  spacing: z.array(z.number()),
  slope: z.number(),
  intercept: z.number(),
  window: z.object({ level: z.number(), width: z.number() }),
});
const imageSchema = z.object({
  path: z.string(),
  rows: z.number(),
  columns: z.number(),
  frames: z.number(),
  min: z.number(),
  max: z.number(),
  /** Null where the coding is lossy: two right decoders may differ by one in the last place. */
  pixelSha256: z.string().nullable(),
  /** sha256 of the RGB bytes of frame 0. */
  rgb: z.string().optional(),
  /** RGB bytes of frame 0, of a lossy coding: two right decoders may differ by one. */
  rgbNear: z.array(z.number()).optional(),
  /** 0 … 255 in the file's own window, before rounding. */
  gray: z.array(z.number()).optional(),
  /** Modality values of frame 0. */
  modality: z.array(z.number()).optional(),
  perFrame: z.array(perFrameSchema).optional(),
  /** A part of a warning. */
  warning: z.string().optional(),
});
type Image = z.infer<typeof imageSchema>;
const otherSchema = z.object({ path: z.string(), refused: z.string() });
const { files } = z
  .object({ files: z.array(z.union([otherSchema, imageSchema])) })
  .parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')));
const images = files.filter((file): file is Image => !('refused' in file));
const others = files.filter((file) => 'refused' in file);

let decoder: Decoder;
const complaints: string[] = [];
beforeAll(() => {
  decoder = createDecoder({ log: (message) => complaints.push(message) });
});
afterAll(async () => {
  await decoder.close();
  expect(complaints).toEqual([]);
});

async function frameOf(file: Image, frame = 0): Promise<DecodedFrame> {
  const outcome = await decoder.decodeFrame(join(folder, file.path), frame);
  if (outcome.kind === 'rejected') throw new Error(`${outcome.code}: ${outcome.reason}`);
  return outcome;
}

describe('stored values', () => {
  it.each(images.map((file) => [file.path, file] as const))('of %s', async (path, file) => {
    const outcome = await decoder.inspect(join(folder, path));
    if (outcome.kind === 'rejected') throw new Error(`${outcome.code}: ${outcome.reason}`);
    const { rows, columns, frames } = outcome;
    expect({ rows, columns, frames }).toEqual({ rows: file.rows, columns: file.columns, frames: file.frames });
    if (file.warning !== undefined) expect(outcome.warnings.join()).toContain(file.warning);
    if (file.pixelSha256 !== null) expect(outcome.pixelSha256).toBe(file.pixelSha256);
    expect(Math.abs(outcome.min - file.min)).toBeLessThanOrEqual(file.pixelSha256 === null ? 1 : 0);
    expect(Math.abs(outcome.max - file.max)).toBeLessThanOrEqual(file.pixelSha256 === null ? 1 : 0);
  });
});

describe('what is no image', () => {
  it.each(others.map((file) => [file.path, file.refused] as const))('%s is %s', async (path, code) => {
    expect(await decoder.inspect(join(folder, path))).toMatchObject({ kind: 'rejected', code });
  });
});

describe('what is shown', () => {
  it.each(images.filter(({ rgb }) => rgb !== undefined).map((file) => [file.path, file] as const))(
    'of %s has the colours that pydicom gives',
    async (_path, file) => {
      const { rgb } = await frameOf(file);
      expect(createHash('sha256').update(rgb!).digest('hex')).toBe(file.rgb);
    },
  );

  it.each(images.filter(({ rgbNear }) => rgbNear !== undefined).map((file) => [file.path, file] as const))(
    'of %s has the colours that Pillow gives',
    async (_path, file) => {
      const { rgb } = await frameOf(file);
      const worst = Math.max(...file.rgbNear!.map((value, index) => Math.abs(value - rgb![index]!)));
      expect(worst).toBeLessThanOrEqual(1);
    },
  );

  it.each(images.filter(({ gray }) => gray !== undefined).map((file) => [file.path, file] as const))(
    'of %s is what its VOI function gives',
    async (_path, file) => {
      const bytes = grayBytes(await frameOf(file), null);
      const worst = Math.max(...file.gray!.map((value, index) => Math.abs(value - bytes[index]!)));
      expect(worst).toBeLessThanOrEqual(0.51);
    },
  );

  it.each(images.filter(({ modality }) => modality !== undefined).map((file) => [file.path, file] as const))(
    'of %s has the modality values of its table',
    async (_path, file) => {
      expect([...modalityValues(await frameOf(file)).values]).toEqual(file.modality);
    },
  );

  it('of an enhanced CT goes by the functional groups of each frame', async () => {
    for (const file of images) {
      for (const [index, said] of (file.perFrame ?? []).entries()) {
        const frame = await frameOf(file, index);
        expect(frame).toMatchObject({ slope: said.slope, intercept: said.intercept, isHounsfield: true });
        expect(frame.windows).toMatchObject([said.window]);
        expect(frame.place).toMatchObject({ position: said.position, spacing: said.spacing });
      }
    }
  });
});
