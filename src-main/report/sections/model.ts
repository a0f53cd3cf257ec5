import { accuracyChart, lossChart } from '../../../src-shared/charts/index.ts';
import { formatBytes, formatDuration, formatNumber, formatQuantity } from '../../../src-shared/domain/format.ts';
import { optimiserWords, scheduleWords } from '../../../src-shared/domain/learningWords.ts';
import type { Block } from '../blocks.ts';
import type { ReportRunModel } from '../model.ts';
import { chartSvg } from '../svg.ts';

const architectures = { vgg16: 'VGG-16', vgg19_bn: 'VGG-19 with batch normalisation' } as const;
const heads = {
  full: '7×7 pooling, two layers of 4,096, one output per class',
  compact: 'global average pooling, one output per class',
} as const;

/** Section 3: network, weights, preprocessing, training and how the epoch was chosen. */
export function modelBlocks(run: ReportRunModel): Block[] {
  const { model } = run;
  const { configuration } = model;
  const blocks: Block[] = [
    {
      kind: 'facts',
      rows: [
        ['Architecture', `${architectures[configuration.architecture]} as torchvision defines it`],
        ['Head', heads[configuration.head]],
        ['Classes', model.classes.join(', ')],
        ['Initial weights', initialWeights(run)],
        ['Frozen layers', frozenWords(configuration.freeze)],
        ['Input', inputWords(configuration.preprocessing)],
        ['Augmentation', augmentationWords(configuration.augmentation)],
        ['Optimiser', learningWords(configuration)],
        [
          'Epochs, batch, seed',
          `${configuration.epochs} epochs planned, ${run.epochs.length} done; batches of ${configuration.batchSize}; seed ${configuration.seed}`,
        ],
        [
          'Class weights',
          configuration.classWeights === 'balanced' ? 'balanced: n / (classes · n of the class)' : 'none',
        ],
        [
          'Precision',
          configuration.precision === 'mixed'
            ? 'training: convolutions of factors rounded to bfloat16, summed in float32; all evaluation in float32'
            : 'float32',
        ],
        ['Selected epoch', `${model.selectedEpoch ?? '–'}. ${model.selectionRule}`],
        ['Model hash (sha256)', model.weightsSha256 ?? 'no model was kept'],
        ['Snapshot hash (sha256)', model.snapshotSha256 ?? '–'],
        ['Training', trainingWords(run)],
      ],
    },
  ];
  if (model.search !== null) {
    blocks.push(
      {
        kind: 'paragraph',
        text: `Chosen by ${model.search.method} search among ${formatQuantity(model.search.trials, 'trial')}, by validation accuracy alone.`,
      },
      { kind: 'facts', rows: model.search.ranges.map(({ parameter, range }) => [parameter, range] as const) },
    );
  }
  return blocks;
}

/** Section 4: loss and accuracy by epoch. */
export function learningBlocks(run: ReportRunModel): Block[] {
  if (run.epochs.length === 0) return [{ kind: 'paragraph', text: 'No epoch was completed.' }];
  const kept = run.model.selectedEpoch;
  const record = run.epochs.find((epoch) => epoch.epoch === kept);
  const size = { width: 430, height: 270 };
  return [
    {
      kind: 'figures',
      figures: [
        {
          caption: 'Loss by epoch.',
          ...size,
          draw: (theme) => chartSvg(lossChart(run.epochs, theme), size.width, size.height),
        },
        {
          caption: 'Accuracy and validation AUC by epoch.',
          ...size,
          draw: (theme) => chartSvg(accuracyChart(run.epochs, theme), size.width, size.height),
        },
      ],
    },
    {
      kind: 'paragraph',
      quiet: true,
      text:
        record === undefined
          ? 'No epoch was kept.'
          : `Epoch ${record.epoch} was kept: validation accuracy ${formatNumber(record.validation.accuracy, 3)}, validation loss ${formatNumber(record.validation.loss, 3)}, validation AUC ${formatNumber(record.validation.auc, 3)}.`,
    },
  ];
}

type Configuration = ReportRunModel['model']['configuration'];

function initialWeights({ model }: ReportRunModel): string {
  if (model.initialWeights === 'random') return 'random';
  return `weights file, sha256 ${model.initialWeightsSha256 ?? 'not recorded'}`;
}

function frozenWords(freeze: Configuration['freeze']): string {
  if (freeze === 'backbone') return 'the whole backbone';
  return freeze === 'none' ? 'none' : `the first ${formatQuantity(freeze, 'convolution')}`;
}

function inputWords({ imageSize, window }: Configuration['preprocessing']): string {
  const windowWords =
    window === null
      ? 'each file’s own window'
      : `window ${window.width}/${formatNumber(window.level, 0)} HU (width/level) where images have HU`;
  return `${imageSize}×${imageSize} pixels, ${windowWords}, 8 bit, normalised as the initial weights' source does`;
}

function augmentationWords({ flip, cropScale, brightness, contrast }: Configuration['augmentation']): string {
  const parts = [
    flip ? 'left–right flip' : '',
    cropScale < 1 ? `random resized crop, ${formatNumber(cropScale * 100, 0)}–100 % of the area` : '',
    brightness > 0 ? `brightness ±${formatNumber(brightness * 100, 0)} %` : '',
    contrast > 0 ? `contrast ±${formatNumber(contrast * 100, 0)} %` : '',
  ].filter(Boolean);
  return parts.length === 0 ? 'none' : parts.join('; ');
}

function learningWords(configuration: Configuration): string {
  const { learningRate, weightDecay, labelSmoothing, sampling, earlyStopping } = configuration;
  return [
    `${optimiserWords(configuration)}, learning rate ${learningRate}, ${scheduleWords(configuration)}, weight decay ${weightDecay}`,
    ...(labelSmoothing > 0 ? [`label smoothing ${labelSmoothing}`] : []),
    ...(sampling === 'balanced' ? ['each epoch as many images of every class'] : []),
    ...(earlyStopping === null ? [] : [`early stopping after ${formatQuantity(earlyStopping.patience, 'epoch')}`]),
  ].join('; ');
}

function trainingWords(run: ReportRunModel): string {
  const seconds = run.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const memory = run.peakMemoryBytes === null ? '' : `, ${formatBytes(run.peakMemoryBytes)} at most`;
  return `${run.state}, ${formatDuration(seconds)} of computing${memory}`;
}
