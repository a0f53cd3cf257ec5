import { InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import {
  constantSchedule,
  defaultLearningRate,
  defaultRunConfiguration,
  defaultWeightDecay,
  runConfigurationSchema,
  type Augmentation,
  type RunConfiguration,
  type Schedule,
} from '../../src-shared/contract/training.ts';
import type { Architecture, Head } from '../../src-shared/contract/vocabulary.ts';
import { augmentationOption } from './augmentationOption.ts';
import { backendOption, numberOption } from './options.ts';

export interface TrainOptions {
  like?: string;
  resume?: string;
  arch: Architecture;
  weights: string;
  head: Head;
  freeze: 'backbone' | 'none' | number;
  epochs: number;
  batch: number;
  lr?: number;
  imageSize: number;
  seed: number;
  optimiser: RunConfiguration['optimiser'];
  schedule: Schedule['kind'];
  warmup: number;
  finalShare: number;
  stepEpochs: number;
  stepFactor: number;
  peakAt: number;
  weightDecay?: number;
  momentum: number;
  classWeights?: RunConfiguration['classWeights'];
  sampling: RunConfiguration['sampling'];
  labelSmoothing: number;
  earlyStopping?: number;
  precision: RunConfiguration['precision'];
  augmentation: Augmentation;
  /** `file`: each image's own. */
  window: Exclude<RunConfiguration['preprocessing']['window'], null> | 'file';
  retrySmallerBatch?: boolean;
}

/** Every choice of a training, with its default. */
export function trainOptions(): Option[] {
  const defaults = defaultRunConfiguration;
  return [
    backendOption(),
    new Option('--arch <NAME>', 'network').choices(['vgg16', 'vgg19_bn']).makeOptionMandatory(),
    // Implied, so that --arch need not be given; the configuration of the run is taken as a whole.
    new Option(
      '--resume <RUN>',
      'go on with this run from its newest sound checkpoint, or with this group of runs; other choices are not heeded',
    ).implies({ arch: defaults.architecture }),
    new Option('--like <RUN>', 'every choice as in this run of the project; other choices are then not heeded').implies(
      {
        arch: defaults.architecture,
      },
    ),
    new Option('--weights <FILE>', 'weights to start from, or none').default('none'),
    new Option('--head <KIND>', 'what stands on the backbone').choices(['full', 'compact']).default(defaults.head),
    new Option('--freeze <PART>', 'backbone, the first N convolutions, or none')
      .default(defaults.freeze)
      .argParser(freezePart),
    numberOption('--epochs <N>', 'epochs', { least: 1, most: 10_000 }).default(defaults.epochs),
    numberOption('--batch <N>', 'images per step', { least: 1, most: 512 }).default(defaults.batchSize),
    new Option('--retry-smaller-batch', 'when memory runs out, start again with half the batch'),
    numberOption('--lr <RATE>', 'learning rate', { least: 1e-9, most: 10, whole: false }),
    numberOption('--image-size <N>', 'edge of the network input in pixels', { least: 32, most: 512 }).default(
      defaults.preprocessing.imageSize,
    ),
    numberOption('--seed <N>', 'seed of everything random', { least: 0, most: 4_294_967_295 }).default(defaults.seed),
    new Option('--optimiser <NAME>', 'optimiser').choices(['adam', 'adamw', 'sgd']).default(defaults.optimiser),
    ...scheduleOptions(),
    numberOption('--weight-decay <N>', 'L2 penalty, with adamw decay of the weights (1e-4, adamw 1e-2)', {
      least: 0,
      most: 1,
      whole: false,
    }),
    numberOption('--momentum <N>', 'momentum of SGD', { least: 0, most: 0.999, whole: false }).default(
      defaults.momentum,
    ),
    new Option('--precision <KIND>', 'how training multiplies: float32, or mixed (bfloat16 factors, float32 sums)')
      .choices(['float32', 'mixed'])
      .default(defaults.precision),
    new Option('--class-weights <RULE>', 'weight of the classes in the loss')
      .choices(['balanced', 'none'])
      .default(undefined, 'balanced, with --sampling balanced none'),
    new Option('--sampling <RULE>', 'balanced: every epoch has as many images of each class')
      .choices(['shuffled', 'balanced'])
      .default(defaults.sampling),
    numberOption('--label-smoothing <N>', 'share of the target that is spread over all classes', {
      least: 0,
      most: 0.5,
      whole: false,
    }).default(defaults.labelSmoothing),
    numberOption('--early-stopping <N>', 'end after N epochs without a better validation loss or accuracy', {
      least: 1,
      most: 1000,
    }),
    augmentationOption(),
    new Option('--window <WW/WL>', 'window for images in HU, or file for their own')
      .default(defaults.preprocessing.window, '1500/-600')
      .argParser(windowOf),
  ];
}

export function configurationFrom(options: TrainOptions): RunConfiguration {
  const weights = options.weights === 'none' ? null : resolve(options.weights);
  const parsed = runConfigurationSchema.safeParse({
    architecture: options.arch,
    head: options.head,
    freeze: options.freeze,
    weights,
    preprocessing: { imageSize: options.imageSize, window: options.window === 'file' ? null : options.window },
    augmentation: options.augmentation,
    optimiser: options.optimiser,
    learningRate: options.lr ?? defaultLearningRate(options.optimiser, weights !== null),
    schedule: scheduleFrom(options),
    weightDecay: options.weightDecay ?? defaultWeightDecay(options.optimiser),
    momentum: options.momentum,
    epochs: options.epochs,
    batchSize: options.batch,
    // Even draws make up for unequal classes already; weights beside them would do so twice.
    classWeights: options.classWeights ?? (options.sampling === 'balanced' ? 'none' : 'balanced'),
    sampling: options.sampling,
    labelSmoothing: options.labelSmoothing,
    earlyStopping: options.earlyStopping === undefined ? null : { patience: options.earlyStopping },
    precision: options.precision,
    seed: options.seed,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ExpectedError({
    code: 'INVALID_INPUT',
    message: `${issue?.path.join('.')}: ${issue?.message}`,
    remedy: 'See parenchyma train --help.',
  });
}

function freezePart(text: string): 'backbone' | 'none' | number {
  if (text === 'backbone' || text === 'none') return text;
  const convolutions = Number(text);
  if (!Number.isInteger(convolutions) || convolutions < 1)
    throw new InvalidArgumentError('backbone, none, or a number of convolutions.');
  return convolutions;
}

/** A word for the files' own windows: the parser of the command line takes null for a value that is not there. */
function windowOf(text: string): TrainOptions['window'] {
  if (text === 'file') return 'file';
  const match = /^(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/.exec(text);
  if (!match || Number(match[1]) <= 0) throw new InvalidArgumentError('Width and level, like 1500/-600, or file.');
  return { width: Number(match[1]), level: Number(match[2]) };
}

function scheduleOptions(): Option[] {
  const share = { least: 0, most: 1, whole: false };
  return [
    new Option(
      '--schedule <NAME>',
      'how the learning rate goes on; --lr is where it begins, for cosine and one-cycle its peak',
    )
      .choices(['constant', 'step', 'cosine', 'one-cycle'])
      .argParser(scheduleKind)
      .default(constantSchedule.kind),
    numberOption('--warmup <EPOCHS>', 'cosine: epochs in which the rate rises', { least: 0, most: 1000 }).default(1),
    numberOption('--final-share <N>', 'cosine: share of the rate at the end', share).default(0.01),
    numberOption('--step-epochs <N>', 'step: epochs between two steps', { least: 1, most: 10_000 }).default(10),
    numberOption('--step-factor <N>', 'step: what the rate is multiplied by', { ...share, least: 1e-6 }).default(0.1),
    numberOption('--peak-at <SHARE>', 'one-cycle: share of the training at which the rate is largest', {
      least: 0.01,
      most: 0.99,
      whole: false,
    }).default(0.3),
  ];
}

function scheduleKind(text: string): Schedule['kind'] {
  if (text === 'one-cycle') return 'oneCycle';
  if (text === 'constant' || text === 'step' || text === 'cosine') return text;
  throw new InvalidArgumentError('Allowed choices are constant, step, cosine, one-cycle.');
}

function scheduleFrom(options: TrainOptions): Schedule {
  switch (options.schedule) {
    case 'constant':
      return constantSchedule;
    case 'step':
      return { kind: 'step', everyEpochs: options.stepEpochs, factor: options.stepFactor };
    case 'cosine':
      return { kind: 'cosine', warmupEpochs: options.warmup, finalShare: options.finalShare };
    case 'oneCycle':
      return { kind: 'oneCycle', peakAt: options.peakAt };
  }
}
