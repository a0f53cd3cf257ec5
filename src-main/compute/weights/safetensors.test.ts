import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../data/random.ts';
import { WeightsRefusal } from './refusal.ts';
import { openSafetensors, writeSafetensors } from './safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'parenchyma-safetensors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(header: unknown, data: Uint8Array): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

function written(content: Uint8Array): string {
  const path = join(folder, 'file.safetensors');
  writeFileSync(path, content);
  return path;
}

describe('the safetensors reader', () => {
  it('gives back what was written, under the same hash', async () => {
    const path = join(folder, 'round.safetensors');
    const values = [Float32Array.of(1, -2.5, 3e-20, 4), Float32Array.of(7)];
    const layout = [
      { name: 'a', shape: [2, 2] },
      { name: 'b', shape: [1] },
    ];
    const sha256 = await writeSafetensors(path, layout, values);
    const file = await openSafetensors(path);
    expect(await file.read('a')).toEqual(values[0]);
    expect(await file.read('b')).toEqual(values[1]);
    expect(await file.sha256()).toBe(sha256);
    await file.close();
  });

  it('widens half, bfloat16 and double numbers', async () => {
    const data = new DataView(new ArrayBuffer(12));
    data.setUint16(0, 0x3e00, true);
    data.setUint16(2, 0x3fc0, true);
    data.setFloat64(4, 1.5, true);
    const header = {
      half: { dtype: 'F16', shape: [1], data_offsets: [0, 2] },
      bfloat: { dtype: 'BF16', shape: [1], data_offsets: [2, 4] },
      double: { dtype: 'F64', shape: [1], data_offsets: [4, 12] },
    };
    const file = await openSafetensors(written(fileOf(header, new Uint8Array(data.buffer))));
    for (const name of Object.keys(header)) expect(await file.read(name)).toEqual(Float32Array.of(1.5));
    await file.close();
  });

  const one = (offsets: unknown, shape: unknown = [2], dtype = 'F32') => ({
    t: { dtype, shape, data_offsets: offsets },
  });
  it.each([
    ['overlapping tensors', { ...one([0, 8]), u: { dtype: 'F32', shape: [2], data_offsets: [4, 12] } }, 12],
    ['a gap between tensors', { ...one([0, 8]), u: { dtype: 'F32', shape: [1], data_offsets: [12, 16] } }, 16],
    ['bytes after the last tensor', one([0, 8]), 9],
    ['a tensor past the end', one([0, 8]), 7],
    ['shape and offsets that disagree', one([0, 8], [3]), 8],
    ['negative offsets', one([-8, 0]), 8],
    ['fractions as offsets', one([0.5, 8.5]), 9],
    ['an unknown type', one([0, 8], [2], 'F33'), 8],
    ['a shape whose product overflows', one([0, 8], [2 ** 40, 2 ** 40]), 8],
    ['a superfluous key', { t: { dtype: 'F32', shape: [2], data_offsets: [0, 8], more: 1 } }, 8],
    ['a list as header', '[1]', 0],
    [
      'a tensor named twice',
      '{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\\u0074":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
      8,
    ],
    ['white space before the header', ` ${JSON.stringify(one([0, 8]))}`, 8],
  ])('refuses %s', async (_what, header, dataBytes) => {
    await expect(openSafetensors(written(fileOf(header, new Uint8Array(dataBytes))))).rejects.toThrow(WeightsRefusal);
  });

  it('refuses whole numbers as weights', async () => {
    const file = await openSafetensors(written(fileOf(one([0, 8], [1], 'I64'), new Uint8Array(8))));
    await expect(file.read('t')).rejects.toThrow('I64');
    await file.close();
  });

  it('neither crashes nor hangs on a thousand damaged files', async () => {
    const good = fileOf({ ...one([0, 8]), __metadata__: { format: 'pt' } }, new Uint8Array(8));
    const random = createRandom(1, 'damage');
    for (let round = 0; round < 1000; round += 1) {
      const damaged = Buffer.from(good);
      const changes = 1 + random.below(4);
      for (let change = 0; change < changes; change += 1) damaged[random.below(damaged.length)] = random.below(256);
      try {
        const file = await openSafetensors(
          written(damaged.subarray(0, random.below(2) ? undefined : random.below(good.length))),
        );
        await Promise.all([...file.tensors.keys()].map((name) => file.read(name).catch(() => undefined)));
        await file.close();
      } catch (error) {
        expect(error).toBeInstanceOf(WeightsRefusal);
      }
    }
  });
});
