/** Field numbers are those of onnx.proto (ONNX 1.16, IR version 8). */
import { open } from 'node:fs/promises';
import { batchNormalisationEpsilon } from '../../models/vgg.ts';
import type { ModelCard } from '../../src-shared/contract/training.ts';
import { softwareVersion } from '../platform/version.ts';
import { bytesOf, cardToShare, readTensor, type KeptModel } from './kept.ts';
import { bytesField, floatField, integerField, lengthOf, textField, varint, type Chunks } from './protobuf.ts';
import { stepsOf, type Step } from './steps.ts';

const irVersion = 8;
const opsetVersion = 13;
const float32 = 1;

interface Graph {
  nodes: Chunks[];
  /** In the order in which they are written; values of kept tensors are read when their turn comes. */
  initializers: { name: string; dims: number[]; values: () => Promise<Float32Array> }[];
}

/**
 * Writes `model.onnx`: input `image` `[batch, 1, size, size]`, float32, gray levels 0 … 255 after the window; outputs
 * `probabilities` and `logits` `[batch, classes]`. The card stands in the metadata.
 */
export async function writeOnnx(path: string, model: KeptModel, onShare: (share: number) => void): Promise<void> {
  const { card } = model;
  const graph = layOutGraph(card, model);
  const names = graph.initializers.map(({ dims }) => dims);
  const header = graph.initializers.map(({ name, dims }) => tensorHeader(name, dims));
  const sizes = names.map((dims, index) => {
    const bytes = 4 * dims.reduce((product, one) => product * one, 1);
    const content = lengthOf(header[index]!) + lengthOf([varint((9 << 3) | 2), varint(bytes)]) + bytes;
    return { bytes, content, field: lengthOf([varint((5 << 3) | 2), varint(content)]) + content };
  });
  const size = card.preprocessing.imageSize;
  const before: Chunks = [...graph.nodes.flatMap((node) => bytesField(1, node)), ...textField(2, 'parenchyma')];
  const after: Chunks = [
    ...bytesField(11, valueInfo('image', ['batch', 1, size, size])),
    ...bytesField(12, valueInfo('probabilities', ['batch', card.classes.length])),
    ...bytesField(12, valueInfo('logits', ['batch', card.classes.length])),
  ];
  const graphBytes = lengthOf(before) + lengthOf(after) + sizes.reduce((sum, one) => sum + one.field, 0);
  const file = await open(path, 'w');
  try {
    const write = async (chunks: Chunks) => {
      for (const chunk of chunks) await file.appendFile(chunk);
    };
    await write([
      ...integerField(1, irVersion),
      ...textField(2, 'Parenchyma'),
      ...textField(3, softwareVersion),
      ...bytesField(8, [...textField(1, ''), ...integerField(2, opsetVersion)]),
      ...metadata(card),
      varint((7 << 3) | 2),
      varint(graphBytes),
      ...before,
    ]);
    for (const [index, { values }] of graph.initializers.entries()) {
      const { content, bytes } = sizes[index]!;
      await write([varint((5 << 3) | 2), varint(content), ...header[index]!, varint((9 << 3) | 2), varint(bytes)]);
      await write([bytesOf(await values())]);
      onShare((index + 1) / graph.initializers.length);
    }
    await write(after);
    await file.sync();
  } finally {
    await file.close();
  }
}

function metadata(card: ModelCard): Chunks {
  const facts = {
    card: JSON.stringify(cardToShare(card)),
    classes: JSON.stringify(card.classes),
    input: 'gray levels 0 to 255 after the window, one channel; normalisation is part of the graph',
    notice: 'For research use. Not a medical device.',
  };
  return Object.entries(facts).flatMap(([key, value]) =>
    bytesField(14, [...textField(1, key), ...textField(2, value)]),
  );
}

function layOutGraph(card: ModelCard, { weights }: KeptModel): Graph {
  const graph: Graph = { nodes: [], initializers: [] };
  let present = 'image';
  let count = 0;
  const kept = (name: string, dims: number[]) => {
    graph.initializers.push({ name, dims, values: () => readTensor(weights, name) });
    return name;
  };
  const constant = (name: string, dims: number[], values: Float32Array) => {
    graph.initializers.push({ name, dims, values: () => Promise.resolve(values) });
    return name;
  };
  const add = (operator: string, inputs: string[], attributes: Chunks[] = [], output?: string) => {
    const result = output ?? `${operator.toLowerCase()}_${(count += 1)}`;
    graph.nodes.push(node(operator, inputs, result, attributes));
    present = result;
  };
  const write = (step: Step) => {
    switch (step.kind) {
      case 'normalise':
        add(
          'Conv',
          [
            present,
            constant('normalisation.weight', [3, 1, 1, 1], step.weights),
            constant('normalisation.bias', [3], step.offsets),
          ],
          [integers('kernel_shape', [1, 1])],
        );
        return;
      case 'convolution': {
        const filter = kept(`${step.name}.weight`, [step.outputs, step.inputs, 3, 3]);
        const bias = kept(`${step.name}.bias`, [step.outputs]);
        add('Conv', [present, filter, bias], [integers('kernel_shape', [3, 3]), integers('pads', [1, 1, 1, 1])]);
        if (step.relu) add('Relu', [present]);
        return;
      }
      case 'batchNormalisation': {
        const factors = ['weight', 'bias', 'running_mean', 'running_var'].map((one) =>
          kept(`${step.name}.${one}`, [step.channels]),
        );
        add('BatchNormalization', [present, ...factors], [float('epsilon', batchNormalisationEpsilon)]);
        add('Relu', [present]);
        return;
      }
      case 'maxPooling':
        add('MaxPool', [present], [integers('kernel_shape', [2, 2]), integers('strides', [2, 2])]);
        return;
      case 'globalAverage':
        add('GlobalAveragePool', [present]);
        add('Flatten', [present]);
        return;
      case 'averageTo7':
        if (step.matrix !== null) averageByMatrix(step.edge, step.matrix);
        add('Flatten', [present]);
        return;
      case 'dense': {
        const matrix = kept(`${step.name}.weight`, [step.outputs, step.inputs]);
        const bias = kept(`${step.name}.bias`, [step.outputs]);
        add('Gemm', [present, matrix, bias], [integer('transB', 1)], step.last ? 'logits' : undefined);
        if (step.last) add('Softmax', [present], [integer('axis', 1)], 'probabilities');
        else add('Relu', [present]);
      }
    }
  };
  /** `[batch, channels, edge, edge]` → places in one axis → times `[edge², 49]`. */
  const averageByMatrix = (edge: number, matrix: Float32Array) => {
    const places = edge * edge;
    const turned = Float32Array.from(
      { length: places * 49 },
      (_, index) => matrix[(index % 49) * places + Math.floor(index / 49)]!,
    );
    graph.nodes.push(constantNode('places_shape', [0, 512, places]));
    add('Reshape', [present, 'places_shape']);
    add('MatMul', [present, constant('averaging', [places, 49], turned)]);
  };
  stepsOf(card).forEach(write);
  return graph;
}

function node(operator: string, inputs: string[], output: string, attributes: Chunks[]): Chunks {
  return [
    ...inputs.flatMap((input) => textField(1, input)),
    ...textField(2, output),
    ...textField(3, output),
    ...textField(4, operator),
    ...attributes.flatMap((attribute) => bytesField(5, attribute)),
  ];
}

/** A shape as a constant of 64-bit numbers. */
function constantNode(output: string, values: number[]): Chunks {
  const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  const tensor = [...integerField(1, values.length), ...integerField(2, 7), ...bytesField(9, [bytes])];
  const attribute = [...textField(1, 'value'), ...bytesField(5, tensor), ...integerField(20, 4)];
  return node('Constant', [], output, [attribute]);
}

function tensorHeader(name: string, dims: number[]): Chunks {
  return [...dims.flatMap((one) => integerField(1, one)), ...integerField(2, float32), ...textField(8, name)];
}

function valueInfo(name: string, dims: (number | string)[]): Chunks {
  const shape = dims.flatMap((one) =>
    bytesField(1, typeof one === 'number' ? integerField(1, one) : textField(2, one)),
  );
  const tensor = [...integerField(1, float32), ...bytesField(2, shape)];
  return [...textField(1, name), ...bytesField(2, bytesField(1, tensor))];
}

const integer = (name: string, value: number): Chunks => [
  ...textField(1, name),
  ...integerField(3, value),
  ...integerField(20, 2),
];
const integers = (name: string, values: number[]): Chunks => [
  ...textField(1, name),
  ...values.flatMap((value) => integerField(8, value)),
  ...integerField(20, 7),
];
const float = (name: string, value: number): Chunks => [
  ...textField(1, name),
  ...floatField(2, value),
  ...integerField(20, 1),
];
