/** Small plain pictures of every kind, made by scripts/oracles/pictures.py: seen as Pillow sees them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDecoder, type Decoder } from '../../src-main/library/index.ts';

const folder = join(import.meta.dirname, '../fixtures/pictures');
const pictureSchema = z.object({
  path: z.string(),
  rows: z.number(),
  columns: z.number(),
  frames: z.number(),
  tolerance: z.number(),
  gray: z.array(z.number()).optional(),
  rgb: z.array(z.number()).optional(),
});
const otherSchema = z.object({ path: z.string(), refused: z.string() });
const { files } = z
  .object({ files: z.array(z.union([otherSchema, pictureSchema])) })
  .parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')));

let decoder: Decoder;
beforeAll(() => {
  decoder = createDecoder({ workers: 1 });
});
afterAll(() => decoder.close());

describe('plain pictures', () => {
  it.each(files.map((file) => [file.path, file] as const))('%s', async (path, file) => {
    const inspected = await decoder.inspect(join(folder, path));
    if ('refused' in file) {
      expect(inspected).toMatchObject({ kind: 'rejected', code: file.refused });
      return;
    }
    const { rows, columns, frames } = file;
    expect(inspected).toMatchObject({ kind: 'image', rows, columns, frames });
    const frame = await decoder.decodeFrame(join(folder, path), 0);
    if (frame.kind === 'rejected') throw new Error(frame.reason);
    // A gray picture stays one, also where Pillow needed colour to lay transparency on black.
    const colours = frame.rgb ?? Array.from(frame.pixels).flatMap((value) => [value, value, value]);
    const found = [...(file.gray === undefined ? colours : frame.pixels)];
    const said = file.gray ?? file.rgb!;
    expect(found).toHaveLength(said.length);
    expect(Math.max(...said.map((value, index) => Math.abs(value - found[index]!)))).toBeLessThanOrEqual(
      file.tolerance,
    );
  });
});
