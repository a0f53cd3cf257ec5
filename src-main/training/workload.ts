/** How much a training computes and keeps, counted from its layers: what time and disk follow from. */
import { architectures } from '../../models/index.ts';
import { backboneOutputs, hiddenUnits, pooledEdge } from '../../models/vgg.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';

export type CountedConfiguration = Pick<
  RunConfiguration,
  'architecture' | 'head' | 'freeze' | 'preprocessing' | 'augmentation' | 'optimiser'
>;

export interface Workload {
  /** Multiply-adds of one image through the part that stays as it is, and through the part that learns. */
  frozen: number;
  trained: number;
  /** Weights of the whole network, and those that learn. */
  weights: number;
  trainedWeights: number;
  /** Those of them in convolutions. */
  trainedConvolutionWeights: number;
  /** The frozen part is computed once for all epochs instead of in each. */
  cached: boolean;
  /** Values per image that are kept where `cached`; mirrored ones are kept beside the plain. */
  features: number;
}

interface Layer {
  products: number;
  weights: number;
  /** Values it puts out. */
  outputs: number;
  isConvolution: boolean;
}

export function workloadOf(configuration: CountedConfiguration, classes: number): Workload {
  const { freeze, augmentation } = configuration;
  const layers = layersOf(configuration, classes);
  const cut = firstTrained(layers, freeze);
  const [frozen, trained] = [layers.slice(0, cut), layers.slice(cut)];
  // Crop, brightness and contrast change what the frozen part sees; only a whole backbone is cached in spite of them.
  const plain = augmentation.cropScale === 1 && augmentation.brightness === 0 && augmentation.contrast === 0;
  const cached = freeze === 'backbone' || (freeze !== 'none' && plain);
  return {
    frozen: sum(frozen, (layer) => layer.products),
    trained: sum(trained, (layer) => layer.products),
    weights: sum(layers, (layer) => layer.weights),
    trainedWeights: sum(trained, (layer) => layer.weights),
    trainedConvolutionWeights: sum(trained, (layer) => (layer.isConvolution ? layer.weights : 0)),
    cached,
    features: cached ? (frozen.at(-1)?.outputs ?? 0) : 0,
  };
}

function layersOf({ architecture, head, preprocessing }: CountedConfiguration, classes: number): Layer[] {
  const layers: Layer[] = [];
  let edge = preprocessing.imageSize;
  for (const layer of architectures[architecture].backbone) {
    if (layer.kind === 'maxPooling') {
      edge = Math.floor(edge / 2);
      continue;
    }
    const filters = 9 * layer.inputs * layer.outputs;
    layers.push({
      products: filters * edge * edge,
      weights: filters + layer.outputs * (layer.normalisation === null ? 1 : 5),
      outputs: layer.outputs * edge * edge,
      isConvolution: true,
    });
  }
  const grid = head === 'full' ? pooledEdge : 1;
  const widths = [backboneOutputs * grid * grid, ...(head === 'full' ? [hiddenUnits, hiddenUnits] : []), classes];
  widths.slice(1).forEach((outputs, index) => {
    const products = widths[index]! * outputs;
    layers.push({ products, weights: products + outputs, outputs, isConvolution: false });
  });
  // The backbone's last values are pooled before they are kept.
  const last = layers.findLastIndex((layer) => layer.isConvolution);
  layers[last]!.outputs = widths[0]!;
  return layers;
}

function firstTrained(layers: readonly Layer[], freeze: RunConfiguration['freeze']): number {
  if (freeze === 'none') return 0;
  const convolutions = layers.filter((layer) => layer.isConvolution).length;
  return freeze === 'backbone' ? convolutions : Math.min(freeze, convolutions);
}

const sum = (layers: readonly Layer[], of: (layer: Layer) => number): number =>
  layers.reduce((total, layer) => total + of(layer), 0);
