/** A training of seconds with everything that a checkpoint must bring back: batch normalisation, moments, random changes, dropout's seeds, a schedule. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComputeEvent, TrainItem, TrainJobInput } from '../../src-shared/contract/compute.ts';
import {
  defaultRunConfiguration,
  type EpochRecord,
  type RunConfiguration,
} from '../../src-shared/contract/training.ts';
import { createRandom } from '../../src-main/compute/data/random.ts';

export const size = 32;
export const count = 42;

/** Noise, with a bright disc somewhere in every second image. */
export function writeCaseInputs(folder: string): string {
  const random = createRandom(5, 'case images');
  const pixels = new Uint8Array(count * size * size);
  for (let image = 0; image < count; image += 1) {
    const [x, y] = [8 + random.below(16), 8 + random.below(16)];
    for (let place = 0; place < size * size; place += 1) {
      const inside = Math.hypot((place % size) - x, Math.floor(place / size) - y) < 7;
      pixels[image * size * size + place] = 80 + random.below(60) + (image % 2 === 1 && inside ? 70 : 0);
    }
  }
  const path = join(folder, 'inputs.u8');
  writeFileSync(path, pixels);
  return path;
}

const items: TrainItem[] = Array.from({ length: count }, (_, index) => ({
  index,
  label: index % 2,
  set: index < 26 ? 'training' : 'validation',
}));

/** VGG-19-BN of which only the last convolution is trained: a checkpoint of 28 MB and steps of some ten milliseconds. */
export const caseConfiguration: RunConfiguration = {
  ...defaultRunConfiguration,
  architecture: 'vgg19_bn',
  head: 'compact',
  freeze: 15,
  preprocessing: { imageSize: size, window: null },
  augmentation: { flip: true, cropScale: 0.6, brightness: 0.2, contrast: 0.2 },
  optimiser: 'adamw',
  schedule: { kind: 'cosine', warmupEpochs: 1, finalShare: 0.1 },
  learningRate: 2e-3,
  weightDecay: 1e-2,
  sampling: 'balanced',
  labelSmoothing: 0.1,
  epochs: 3,
  batchSize: 4,
  seed: 11,
};

export function caseJob(
  runDirectory: string,
  inputsPath: string,
  changes: Partial<Omit<TrainJobInput, 'configuration'>> & { configuration?: Partial<RunConfiguration> } = {},
): TrainJobInput {
  const { configuration, ...rest } = changes;
  return {
    runDirectory,
    cacheDirectory: join(runDirectory, 'cache'),
    inputs: { path: inputsPath, size, count },
    items,
    classes: ['without', 'with'],
    positive: 1,
    snapshotSha256: 'b'.repeat(64),
    softwareVersion: 'test',
    configuration: { ...caseConfiguration, ...configuration },
    ...rest,
  };
}

export const runFolder = (parent: string): string => mkdtempSync(join(parent, 'run-'));
export const caseFolder = (): string => mkdtempSync(join(tmpdir(), 'parenchyma-training-'));

/** Collects epoch records by epoch, as a host's database does. */
export function recordKeeper() {
  const records = new Map<number, EpochRecord>();
  return {
    onEvent: (event: ComputeEvent) => {
      if (event.kind === 'epoch') records.set(event.record.epoch, event.record);
    },
    /** Without what depends on the clock. */
    comparable: () =>
      [...records.values()].map(({ seconds: _s, imagesPerSecond: _i, etaSeconds: _e, ...rest }) => rest),
  };
}

/** sha256 of the kept model's weights; null where there is none. */
export function keptHash(runDirectory: string): string | null {
  const path = join(runDirectory, 'model.safetensors');
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : null;
}
