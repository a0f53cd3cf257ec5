import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { kerasNormalisation } from '../../../../models/keras.ts';
import { compareWeights } from '../load.ts';
import { openWeightsFile } from '../open.ts';
import { convert, convertedShape } from './layout.ts';
import { convertTensors } from './kerasFile.ts';

const fixtures = join(import.meta.dirname, '../../../../test/fixtures');
const folder = mkdtempSync(join(tmpdir(), 'parenchyma-keras-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { small } = z
  .object({ small: z.record(z.string(), z.object({ shape: z.array(z.int()), values: z.array(z.number()) })) })
  .parse(JSON.parse(readFileSync(join(fixtures, 'compute/keras.json'), 'utf8')));

describe('Keras and TF.js files (scripts/oracles/keras_weights.py)', () => {
  it.each([
    ['a saved model', 'weights/keras-model.h5', 0],
    ["Keras 3's weights", 'weights/keras3.weights.h5', 0],
    ["Keras 1's names", 'weights/keras-old.h5', 0],
    ['half, double and big-endian numbers', 'weights/keras-kinds.h5', 1e-3],
    // Half precision in one layer, one byte in another: steps of 1/2048 and of 1/255 of the range.
    ['a TF.js layers model, partly quantised, in two shards', 'weights-tfjs/model.json', 4e-3],
  ])('%s: every tensor under its name, in torch’s layout', async (_what, name, tolerance) => {
    const file = await openWeightsFile(join(fixtures, name));
    expect([...file.tensors.keys()].sort()).toEqual(Object.keys(small).sort());
    for (const [tensor, { shape, values }] of Object.entries(small)) {
      expect(file.tensors.get(tensor)!.shape).toEqual(shape);
      const read = await file.read(tensor);
      const largest = Math.max(...values.map((value, index) => Math.abs(value - read[index]!)));
      expect(largest, tensor).toBeLessThanOrEqual(tolerance);
    }
    expect(file.normalisation).toEqual(kerasNormalisation);
    expect(file.notes.join()).toContain('BGR');
    expect(await file.sha256()).toMatch(/^[0-9a-f]{64}$/);
    await file.close();
  });

  it('does not take memory that nobody wrote for numbers that cannot be read', async () => {
    const file = await openWeightsFile(join(fixtures, 'weights/keras-elsewhere.h5'));
    await expect(file.read('features.0.bias')).rejects.toMatchObject({ code: 'DAMAGED' });
    await file.close();
  });

  it('refuses compressed datasets', async () => {
    await expect(openWeightsFile(join(fixtures, 'weights/keras-compressed.h5'))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  it('refuses shards outside the folder, links, missing and short ones', async () => {
    const text = readFileSync(join(fixtures, 'weights-tfjs/model.json'), 'utf8');
    const opened = (content: string) => {
      writeFileSync(join(folder, 'model.json'), content);
      return openWeightsFile(join(folder, 'model.json'));
    };
    await expect(opened(text)).rejects.toMatchObject({ code: 'DAMAGED', message: /missing/ });
    await expect(opened(text.replace('group1-shard1of2.bin', '../../etc/passwd'))).rejects.toMatchObject({
      code: 'UNSAFE',
    });
    copyFileSync(join(fixtures, 'weights-tfjs/group1-shard1of2.bin'), join(folder, 'group1-shard1of2.bin'));
    symlinkSync(join(fixtures, 'weights-tfjs/group1-shard2of2.bin'), join(folder, 'group1-shard2of2.bin'));
    await expect(opened(text)).rejects.toMatchObject({ code: 'UNSAFE', message: /no ordinary file/ });
    rmSync(join(folder, 'group1-shard2of2.bin'));
    writeFileSync(join(folder, 'group1-shard2of2.bin'), 'short');
    await expect(opened(text)).rejects.toMatchObject({ code: 'DAMAGED', message: /shorter/ });
    await expect(opened(text.replace('layers-model', 'graph-model'))).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(opened('{"name":"something else"}')).rejects.toMatchObject({ code: 'UNKNOWN_FORMAT' });
  });

  it('says in words that VGG-19 without batch normalisation fits neither network', () => {
    const layers = [2, 2, 4, 4, 4].flatMap((count, block) =>
      Array.from({ length: count }, (_, place) => `block${block + 1}_conv${place + 1}`),
    );
    const tensors = new Map(
      layers.flatMap((layer) => [
        [`${layer}/kernel:0`, { dtype: 'F32' as const, shape: [3, 3, 64, 64] }],
        [`${layer}/bias:0`, { dtype: 'F32' as const, shape: [64] }],
      ]),
    );
    const converted = convertTensors({ tensors, read: () => Promise.reject(new Error('not read')) }, null);
    expect([...converted.tensors.keys()]).toContain('features.34.weight');
    expect(converted.notes.join(' ')).toMatch(/VGG-19, which has no batch normalisation/);
    for (const architecture of ['vgg16', 'vgg19_bn'] as const) {
      const { problems } = compareWeights(converted, { architecture, head: 'full', classes: 2 });
      expect(problems.length).toBeGreaterThan(5);
    }
  });
});

describe('the layout of the first dense layer', () => {
  it('goes from place by place to channel by channel, as the definition says', () => {
    const [places, channels, outputs] = [4, 3, 5];
    const rows = places * channels;
    const values = Float32Array.from({ length: rows * outputs }, (_, index) => index);
    const made = convert(values, [rows, outputs], { kind: 'flattened', places });
    expect(convertedShape([rows, outputs], { kind: 'flattened', places })).toEqual([outputs, rows]);
    for (let output = 0; output < outputs; output += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        for (let place = 0; place < places; place += 1) {
          const keras = values[(place * channels + channel) * outputs + output];
          expect(made[output * rows + channel * places + place]).toBe(keras);
        }
      }
    }
  });
});
