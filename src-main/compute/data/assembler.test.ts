import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imagenetNormalisation as normalisation } from '../../../models/vgg.ts';
import { assembleBatch, type BatchRequest } from './assemble.ts';
import { startAssembler } from './assembler.ts';
import { openInputs } from './inputs.ts';
import { createRandom } from './random.ts';

const folder = mkdtempSync(join(tmpdir(), 'parenchyma-assembler-'));
const file = { path: join(folder, 'inputs.u8'), size: 16, count: 20 };
const changes = { flip: true, cropScale: 0.5, brightness: 0.2, contrast: 0.2 };

function requests(epoch: number): BatchRequest[] {
  return Array.from({ length: 5 }, (_, batch) => ({
    images: Array.from({ length: 4 }, (_value, place) => ({ index: batch * 4 + place })),
    augmentation: { changes, seed: 7, epoch },
  }));
}

beforeAll(() => {
  const random = createRandom(1, 'images');
  writeFileSync(
    file.path,
    Uint8Array.from({ length: file.count * file.size ** 2 }, () => random.below(256)),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('batches made in threads', () => {
  it.each([1, 2])('are those that are made here, in order, bit for bit: %d threads', async (threads) => {
    const inputs = openInputs(file);
    const assembler = startAssembler({ file, normalisation }, threads);
    const expected = requests(1).map((request) => assembleBatch(inputs, normalisation, request));
    const found: Float32Array[] = [];
    for await (const values of assembler.batches(requests(1))) found.push(values);
    expect(found).toEqual(expected);
    await assembler.close();
    inputs.close();
  });

  it('differ from epoch to epoch', () => {
    const inputs = openInputs(file);
    const of = (epoch: number) => assembleBatch(inputs, normalisation, requests(epoch)[0]!);
    expect(of(1)).not.toEqual(of(2));
    inputs.close();
  });

  it('go on after a series that was left early', async () => {
    const assembler = startAssembler({ file, normalisation });
    for await (const values of assembler.batches(requests(1))) {
      expect(values.length).toBe(4 * 16 * 16 * 3);
      break;
    }
    let count = 0;
    for await (const values of assembler.batches(requests(2))) count += values.length > 0 ? 1 : 0;
    expect(count).toBe(5);
    await assembler.close();
  });

  it('that ask for an image that does not exist say so', async () => {
    const assembler = startAssembler({ file, normalisation });
    const series = assembler.batches([{ images: [{ index: 99 }], augmentation: null }]);
    await expect(series.next()).rejects.toThrow(/no prepared image 99/);
    await assembler.close();
  });
});
