import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { batchNormalisationEpsilon, batchNormalisationMomentum } from '../../models/vgg.ts';
import type { ModelCard } from '../../src-shared/contract/training.ts';
import { softwareVersion } from '../platform/version.ts';
import { bytesOf, cardToShare, readTensor, type KeptModel } from './kept.ts';
import { stepsOf, type Step } from './steps.ts';

/** TF.js's own converter makes shards of this size, which browsers keep in their cache. */
const shardBytes = 4 * 2 ** 20;

interface Weight {
  name: string;
  shape: number[];
  values: () => Promise<Float32Array>;
}
interface Layer {
  class_name: string;
  config: Record<string, unknown> & { name: string };
  weights: Weight[];
}

/**
 * Writes a TF.js layers model: `model.json` and its shards. Input `[batch, size, size, 1]`, gray levels 0 … 255 after the window;
 * output the probabilities. The card stands in `userDefinedMetadata`.
 *
 * @returns the files written, in order
 */
export async function writeTfjs(
  directory: string,
  model: KeptModel,
  onShare: (share: number) => void,
): Promise<string[]> {
  const { card } = model;
  const layers = stepsOf(card).flatMap((step, index) => layersOf(step, index, card, model));
  const weights = layers.flatMap((layer) => layer.weights);
  const total = weights.reduce((sum, { shape }) => sum + elements(shape) * 4, 0);
  const paths = await writeShards(directory, weights, total, onShare);
  const manifest = [{ paths, weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })) }];
  const document = {
    format: 'layers-model',
    generatedBy: `Parenchyma ${softwareVersion}`,
    convertedBy: null,
    modelTopology: {
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
      model_config: {
        class_name: 'Sequential',
        config: { name: 'parenchyma', layers: layers.map(({ class_name, config }) => ({ class_name, config })) },
      },
    },
    weightsManifest: manifest,
    userDefinedMetadata: {
      card: cardToShare(card),
      normalisation: card.normalisation,
      input: 'gray levels 0 to 255 after the window, one channel; normalisation is part of the model',
      notice: 'For research use. Not a medical device.',
    },
  };
  await writeFile(join(directory, 'model.json'), JSON.stringify(document));
  return ['model.json', ...paths];
}

const elements = (shape: number[]): number => shape.reduce((product, one) => product * one, 1);
/** TF.js's names of layers have no dots. */
const layerName = (name: string): string => name.replaceAll('.', '_');

function layersOf(step: Step, index: number, card: ModelCard, { weights }: KeptModel): Layer[] {
  const kept = (name: string) => () => readTensor(weights, name);
  const plain = (class_name: string, name: string, config: Record<string, unknown> = {}): Layer => ({
    class_name,
    config: { name, trainable: true, ...config },
    weights: [],
  });
  switch (step.kind) {
    case 'normalise': {
      const size = card.preprocessing.imageSize;
      return [
        {
          ...plain('Conv2D', 'normalisation', {
            ...convolution(3, [1, 1], 'linear'),
            batch_input_shape: [null, size, size, 1],
            dtype: 'float32',
          }),
          weights: [
            { name: 'normalisation/kernel', shape: [1, 1, 1, 3], values: () => Promise.resolve(step.weights) },
            { name: 'normalisation/bias', shape: [3], values: () => Promise.resolve(step.offsets) },
          ],
        },
      ];
    }
    case 'convolution': {
      const name = layerName(step.name);
      const { inputs, outputs } = step;
      return [
        {
          ...plain('Conv2D', name, convolution(outputs, [3, 3], step.relu ? 'relu' : 'linear')),
          weights: [
            {
              name: `${name}/kernel`,
              shape: [3, 3, inputs, outputs],
              values: async () => toHwio(await kept(`${step.name}.weight`)(), inputs, outputs),
            },
            { name: `${name}/bias`, shape: [outputs], values: kept(`${step.name}.bias`) },
          ],
        },
      ];
    }
    case 'batchNormalisation': {
      const name = layerName(step.name);
      const variables = { gamma: 'weight', beta: 'bias', moving_mean: 'running_mean', moving_variance: 'running_var' };
      return [
        {
          ...plain('BatchNormalization', name, {
            axis: -1,
            epsilon: batchNormalisationEpsilon,
            momentum: 1 - batchNormalisationMomentum,
            center: true,
            scale: true,
          }),
          weights: Object.entries(variables).map(([ours, torch]) => ({
            name: `${name}/${ours}`,
            shape: [step.channels],
            values: kept(`${step.name}.${torch}`),
          })),
        },
        plain('Activation', `relu_${index}`, { activation: 'relu' }),
      ];
    }
    case 'maxPooling':
      return [
        plain('MaxPooling2D', `pool_${index}`, {
          pool_size: [2, 2],
          strides: [2, 2],
          padding: 'valid',
          data_format: 'channels_last',
        }),
      ];
    case 'globalAverage':
      return [plain('GlobalAveragePooling2D', 'average', { data_format: 'channels_last' })];
    case 'averageTo7': {
      const places = step.edge * step.edge;
      const channelsFirst = [
        plain('Reshape', 'places', { target_shape: [places, 512] }),
        plain('Permute', 'by_channel', { dims: [2, 1] }),
      ];
      const { matrix } = step;
      const averaging = matrix && {
        ...plain('Dense', 'averaging', { units: 49, activation: 'linear', use_bias: false }),
        weights: [
          {
            name: 'averaging/kernel',
            shape: [places, 49],
            values: () => Promise.resolve(transposed(matrix, 49, places)),
          },
        ],
      };
      return [...channelsFirst, ...(averaging ? [averaging] : []), plain('Flatten', 'flatten')];
    }
    case 'dense': {
      const name = layerName(step.name);
      return [
        {
          ...plain('Dense', name, { units: step.outputs, activation: step.last ? 'softmax' : 'relu', use_bias: true }),
          weights: [
            {
              name: `${name}/kernel`,
              shape: [step.inputs, step.outputs],
              values: async () => transposed(await kept(`${step.name}.weight`)(), step.outputs, step.inputs),
            },
            { name: `${name}/bias`, shape: [step.outputs], values: kept(`${step.name}.bias`) },
          ],
        },
      ];
    }
  }
}

function convolution(filters: number, kernel_size: number[], activation: string): Record<string, unknown> {
  return {
    filters,
    kernel_size,
    strides: [1, 1],
    padding: 'same',
    data_format: 'channels_last',
    activation,
    use_bias: true,
  };
}

/** `[out, in, 3, 3]` → `[3, 3, in, out]` */
function toHwio(values: Float32Array, inputs: number, outputs: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let output = 0, place = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1) {
      for (let cell = 0; cell < 9; cell += 1, place += 1)
        result[(cell * inputs + input) * outputs + output] = values[place]!;
    }
  }
  return result;
}

/** `[rows, columns]` → `[columns, rows]`, in tiles that fit the cache. */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  const tile = 16;
  for (let start = 0; start < rows; start += tile) {
    const end = Math.min(rows, start + tile);
    for (let column = 0; column < columns; column += 1) {
      for (let row = start; row < end; row += 1) result[column * rows + row] = values[row * columns + column]!;
    }
  }
  return result;
}

async function writeShards(
  directory: string,
  weights: readonly Weight[],
  total: number,
  onShare: (share: number) => void,
): Promise<string[]> {
  const count = Math.max(1, Math.ceil(total / shardBytes));
  const paths = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
  let file: FileHandle | null = null;
  let shard = 0;
  let inShard = 0;
  let written = 0;
  try {
    for (const { values } of weights) {
      let rest = bytesOf(await values());
      while (rest.length > 0) {
        file ??= await open(join(directory, paths[shard]!), 'w');
        const part = rest.subarray(0, shardBytes - inShard);
        await file.appendFile(part);
        rest = rest.subarray(part.length);
        inShard += part.length;
        written += part.length;
        if (inShard < shardBytes) continue;
        await file.sync();
        await file.close();
        file = null;
        shard += 1;
        inShard = 0;
      }
      onShare(written / total);
    }
  } finally {
    await file?.sync();
    await file?.close();
  }
  return paths;
}
