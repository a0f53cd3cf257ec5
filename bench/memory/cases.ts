import { join } from 'node:path';
import type { TrainItem, TrainJobInput } from '../../src-shared/contract/compute.ts';
import { defaultRunConfiguration, noAugmentation, type RunConfiguration } from '../../src-shared/contract/training.ts';
import type { BackendName } from '../../src-shared/contract/vocabulary.ts';

export interface MemoryCase {
  name: string;
  configuration: RunConfiguration;
}

type Row = [
  architecture: RunConfiguration['architecture'],
  head: RunConfiguration['head'],
  freeze: RunConfiguration['freeze'],
  optimiser: RunConfiguration['optimiser'],
  imageSize: number,
  batchSize: number,
  precision?: RunConfiguration['precision'],
];

/** Both networks, 64 to 224 pixels, batches of 4 to 16, both heads, frozen or not, both optimisers, both precisions. */
const native: Row[] = [
  ['vgg16', 'compact', 'none', 'adam', 64, 8],
  ['vgg16', 'compact', 'none', 'adam', 128, 16],
  ['vgg16', 'compact', 'none', 'adam', 224, 4],
  ['vgg16', 'compact', 'none', 'sgd', 224, 8],
  ['vgg16', 'compact', 8, 'adam', 224, 16],
  ['vgg16', 'compact', 'backbone', 'adam', 224, 8],
  ['vgg19_bn', 'compact', 'none', 'adam', 64, 16],
  ['vgg19_bn', 'compact', 'none', 'adam', 128, 8],
  ['vgg19_bn', 'compact', 'none', 'adam', 224, 4],
  ['vgg19_bn', 'compact', 'none', 'adam', 224, 8],
  ['vgg19_bn', 'compact', 8, 'sgd', 224, 8],
  ['vgg19_bn', 'compact', 'backbone', 'adam', 224, 16],
  ['vgg16', 'full', 'none', 'adam', 64, 8],
  ['vgg16', 'full', 'none', 'sgd', 224, 8],
  ['vgg16', 'full', 'backbone', 'adam', 224, 8],
  ['vgg19_bn', 'full', 'none', 'adam', 224, 8],
  ['vgg19_bn', 'full', 'none', 'sgd', 128, 16],
  ['vgg19_bn', 'full', 8, 'adam', 224, 4],
  ['vgg16', 'full', 'none', 'adam', 224, 16],
  ['vgg19_bn', 'compact', 'none', 'adam', 224, 16],
  ['vgg16', 'compact', 'none', 'adam', 128, 16, 'mixed'],
  ['vgg16', 'full', 'none', 'adam', 224, 8, 'mixed'],
  ['vgg19_bn', 'compact', 'none', 'sgd', 224, 8, 'mixed'],
  ['vgg19_bn', 'full', 'none', 'adam', 224, 8, 'mixed'],
  ['vgg19_bn', 'compact', 8, 'adam', 224, 8, 'mixed'],
];

/** On WebAssembly and on a software device larger cases would take minutes each. */
const small: Row[] = [
  ['vgg16', 'compact', 'none', 'adam', 32, 8],
  ['vgg16', 'compact', 'none', 'sgd', 64, 8],
  ['vgg16', 'compact', 'backbone', 'adam', 96, 8],
  ['vgg19_bn', 'compact', 'none', 'adam', 64, 4],
  ['vgg19_bn', 'compact', 'none', 'sgd', 96, 8],
  ['vgg19_bn', 'compact', 8, 'adam', 64, 16],
];

export function memoryCases(backend: BackendName, quick: boolean): MemoryCase[] {
  const rows = backend === 'wasm' || backend === 'webgpu' ? small : native;
  const chosen = quick ? rows.filter((row) => row[1] === 'compact' && row[4] <= 128) : rows;
  return chosen.map(([architecture, head, freeze, optimiser, imageSize, batchSize, precision = 'float32']) =>
    memoryCase({ architecture, head, freeze, optimiser, batchSize, precision }, imageSize),
  );
}

function memoryCase(
  part: Pick<RunConfiguration, 'architecture' | 'head' | 'freeze' | 'optimiser' | 'batchSize' | 'precision'>,
  imageSize: number,
): MemoryCase {
  const { architecture, head, freeze, optimiser, batchSize, precision } = part;
  return {
    name: `${architecture} ${head} freeze ${freeze} ${optimiser} ${imageSize} px × ${batchSize}${precision === 'mixed' ? ' mixed' : ''}`,
    configuration: {
      ...defaultRunConfiguration,
      ...part,
      preprocessing: { imageSize, window: null },
      augmentation: noAugmentation,
      epochs: 1,
      learningRate: 1e-6,
    },
  };
}

/** Two batches to train on and two pictures to validate with; the pictures are written by the caller. */
export function trainJob({ configuration }: MemoryCase, folder: string): TrainJobInput {
  const { batchSize } = configuration;
  const items: TrainItem[] = Array.from({ length: 2 * batchSize + 2 }, (_, index) => ({
    index,
    label: index % 2,
    set: index < 2 * batchSize ? 'training' : 'validation',
  }));
  return {
    runDirectory: folder,
    cacheDirectory: join(folder, 'cache'),
    inputs: { path: join(folder, 'inputs.u8'), size: configuration.preprocessing.imageSize, count: items.length },
    items,
    classes: ['without', 'with'],
    positive: 1,
    configuration,
    snapshotSha256: 'a'.repeat(64),
    softwareVersion: 'bench',
  };
}
