import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeWithShared } from '../../../test/helpers/shared.ts';
import { openWeightsFile } from './open.ts';
import { WeightsRefusal } from './refusal.ts';
import { isFloat } from './tensorTable.ts';

const fixtures = join(import.meta.dirname, '../../../test/fixtures/weights');
const { files } = z
  .object({
    files: z.record(
      z.string(),
      z.record(z.string(), z.object({ shape: z.array(z.int()), values: z.array(z.number()) })),
    ),
  })
  .parse(JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')));

describe('weights files as PyTorch writes them (scripts/oracles/weights_files.py)', () => {
  it.each(Object.entries(files))('%s: every tensor with its shape and its values', async (name, expected) => {
    const file = await openWeightsFile(join(fixtures, name));
    expect([...file.tensors.keys()].sort()).toEqual(Object.keys(expected).sort());
    for (const [tensor, { shape, values }] of Object.entries(expected)) {
      const facts = file.tensors.get(tensor)!;
      expect(facts.shape).toEqual(shape);
      if (isFloat(facts.dtype)) expect([...(await file.read(tensor))]).toEqual(values.map(Math.fround));
      else await expect(file.read(tensor)).rejects.toThrow(facts.dtype);
    }
    expect(await file.sha256()).toMatch(/^[0-9a-f]{64}$/);
    await file.close();
  });
});

describe('archives of PyTorch', () => {
  it('are refused when a checksum does not fit, or an entry claims more than the file has', async () => {
    const sound = readFileSync(join(fixtures, 'zip.pth'));
    const values = Buffer.from(Float32Array.from(files['zip.pth']!['features.0.bias']!.values).buffer);
    const flipped = Buffer.from(sound);
    flipped[sound.indexOf(values)]! ^= 1;
    await expect(opened(flipped)).rejects.toThrow('checksum');
    const long = Buffer.from(sound);
    const entry = sound.lastIndexOf('PK\x01\x02', undefined, 'latin1');
    long.writeUInt32LE(0xffff_fffe, entry + 20);
    long.writeUInt32LE(0xffff_fffe, entry + 24);
    await expect(opened(long)).rejects.toThrow('longer than the file');
  });

  async function opened(content: Uint8Array): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'parenchyma-archive-'));
    try {
      writeFileSync(join(folder, 'weights.pth'), content);
      await (await openWeightsFile(join(folder, 'weights.pth'))).close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

const manifestSchema = z.object({
  files: z.array(z.object({ path: z.string(), expected: z.enum(['loads', 'rejects', 'loads-or-rejects']) })),
});

describeWithShared('weights files of the collection', 'weights-files', (path) => {
  const list = join(path, 'manifest.json');
  // The list is asked for even where the data is absent and the tests are skipped.
  const manifest = manifestSchema.parse(existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : { files: [] });

  it.each(manifest.files)('$path $expected', async ({ path: name, expected }) => {
    const reading = openWeightsFile(join(path, name)).then(async (file) => {
      for (const [tensor, { dtype }] of file.tensors) if (isFloat(dtype)) await file.read(tensor);
      await file.close();
    });
    if (expected === 'loads') await reading;
    else if (expected === 'rejects') await expect(reading).rejects.toBeInstanceOf(WeightsRefusal);
    else await reading.catch((error: unknown) => expect(error).toBeInstanceOf(WeightsRefusal));
  });

  it('leaves no file of the collection out', () => {
    const listed = new Set(manifest.files.map((file) => file.path));
    const present = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.parentPath !== path && !entry.name.includes('LICENSE'))
      .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1));
    expect(present.filter((name) => !listed.has(name))).toEqual([]);
  });
});
