/** VGG-16 as Keras has it, with its dense layers and its own normalisation, gives Keras's outputs (scripts/oracles/keras_weights.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { normalisedBatch } from '../../src-main/compute/data/batch.ts';
import { Network } from '../../src-main/compute/network/network.ts';
import { elementCount } from '../../src-main/compute/network/layout.ts';
import { compareWeights } from '../../src-main/compute/weights/load.ts';
import { convertTensors } from '../../src-main/compute/weights/keras/kerasFile.ts';
import { nativeBackend } from '../helpers/compute.ts';
import { formulaImages, hashed } from '../parity/formula.ts';

const path = join(import.meta.dirname, '../fixtures/compute/keras.json');
const { vgg16 } = z
  .object({ vgg16: z.object({ logits: z.array(z.number()), largest: z.number() }) })
  .parse(JSON.parse(readFileSync(path, 'utf8')));

function kerasShapes(): Map<string, { dtype: 'F32'; shape: number[] }> {
  const shapes = new Map<string, { dtype: 'F32'; shape: number[] }>();
  const add = (layer: string, shape: number[]) => {
    shapes.set(`${layer}/kernel`, { dtype: 'F32', shape });
    shapes.set(`${layer}/bias`, { dtype: 'F32', shape: [shape.at(-1)!] });
  };
  let inputs = 3;
  [64, 128, 256, 512, 512].forEach((outputs, block) => {
    for (let place = 1; place <= (block < 2 ? 2 : 3); place += 1) {
      add(`block${block + 1}_conv${place}`, [3, 3, inputs, outputs]);
      inputs = outputs;
    }
  });
  add('fc1', [25088, 4096]);
  add('fc2', [4096, 4096]);
  add('predictions', [4096, 1000]);
  return shapes;
}

function kerasFormula(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const factor = Math.fround(shape.length > 1 ? Math.sqrt(6 / elementCount(shape.slice(0, -1))) : 0.1);
  return hashed(name, elementCount(shape)).map((value) => value * factor) as Float32Array<ArrayBuffer>;
}

// It reads and turns 138 million weights; the conversions are tested in small beside their source.
const thorough = process.env.PARENCHYMA_THOROUGH === '1';
const name = "gives the outputs that Keras's own VGG-16 gives";
it.runIf(thorough)(thorough ? name : `${name} (skipped: with PARENCHYMA_THOROUGH=1 only)`, async () => {
  const ops = (await nativeBackend()).fused()!;
  const tensors = kerasShapes();
  const converted = convertTensors(
    { tensors, read: (name) => Promise.resolve(kerasFormula(name, tensors.get(name)!.shape)) },
    null,
  );
  const description = { architecture: 'vgg16', head: 'full', classes: 1000 } as const;
  expect(compareWeights(converted, description).problems).toEqual([]);
  const values = new Map<string, Float32Array>();
  for (const name of converted.tensors.keys()) values.set(name, await converted.read(name));
  const network = new Network(ops, description, { imageSize: 224, freeze: 'none' }, ({ name }) => values.get(name)!);
  values.clear();
  const prepared = network.prepare('all');
  const input = ops.upload(normalisedBatch(formulaImages(1, 224), 224, converted.normalisation), [1, 224, 224, 3]);
  const output = prepared.run(input);
  const logits = ops.download(output).subarray(0, vgg16.logits.length);
  const error = Math.max(...vgg16.logits.map((value, index) => Math.abs(value - logits[index]!))) / vgg16.largest;
  expect(error).toBeLessThan(1e-4);
  ops.dispose(input, output);
  prepared.dispose();
  network.dispose();
});
